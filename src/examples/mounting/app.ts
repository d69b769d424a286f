import { blog } from './blog.ts';
import { dispatcher } from './dispatcher.ts';
import { shop } from './shop.ts';

// Two applications that know nothing of each other, behind one door.
export const app = dispatcher({ '/blog': blog, '/shop': shop });
