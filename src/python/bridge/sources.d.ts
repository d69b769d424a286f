/** The text of a Python file; put into the bundle by Vite. */
declare module '*.py?raw' {
  const source: string;
  export default source;
}
