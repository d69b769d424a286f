/** The Pyodide that Porthole was made for, and no other: `boot.ts` and `gc-fix.ts` use what is private to it. */
export const pyodideVersion = '314.0.7';
