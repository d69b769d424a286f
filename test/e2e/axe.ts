/** The accessibility rules that a program can check, by axe-core. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Rules (WCAG 2.2 A and AA, and axe's own best practices) that the page breaks, however slightly: id and the elements. Empty: none.
 * `within`: a selector of what has changed, where the rest has been looked at.
 */
export async function violations(page: Page, within = ':root'): Promise<string[]> {
  // As the debugger would, past the page's content security policy.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  return page.evaluate(async (include) => {
    const { axe } = window as unknown as { axe: { run(context: object, options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
    // Monaco's inside is not ours to mend.
    const { violations: found } = await axe.run({ include: [include], exclude: ['.monaco-editor'] }, {
      resultTypes: ['violations'],
      // WCAG 2.2, and an experiment of axe's; neither is asked unless named.
      rules: { 'target-size': { enabled: true }, 'label-content-name-mismatch': { enabled: true } },
    });
    return found.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }, within);
}
