import { Later } from '../parts/later.tsx';

/** Our parser, to look at request bytes while they are typed. The first paint does not wait for it. */
export const parser = new Later(async () => (await import('../../playground/inspect.ts')).inspect);
