/**
 * The seed of all properties in a run, printed by those that fail: the same one for every run of a commit, so that a red test is the commit's doing.
 * `PORTHOLE_SEED=N` tries others; CI does so every night with a number of its own.
 */
import fc from 'fast-check';

const asked = process.env['PORTHOLE_SEED'] ?? '';
if (!/^\d{0,15}$/.test(asked)) throw new Error(`PORTHOLE_SEED is ${JSON.stringify(asked)}; it must be a whole number`);
const seed = (asked === '' ? 20_261_128 : Number(asked)) | 0;
if (asked !== '') console.log(`properties: PORTHOLE_SEED=${asked}`);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
