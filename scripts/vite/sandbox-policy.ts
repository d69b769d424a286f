import { createHash } from 'node:crypto';

/** The one inline script of `sandbox.html`, as it stands between its tags. @throws where there is not exactly one. */
export function inlineScript(html: string): string {
  const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)];
  if (scripts.length !== 1) throw new Error(`sandbox.html has ${scripts.length} inline scripts`);
  return scripts[0]![1]!;
}

/** The policy that `sandbox.html` has to carry: no connection anywhere, no script but its own and what the page hands over. */
export function sandboxPolicy(html: string): string {
  const hash = createHash('sha256').update(inlineScript(html)).digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}' blob: 'wasm-unsafe-eval'; worker-src data: blob:; connect-src 'none'`;
}
