/** Where links of a length go through. */

/** A place where links are passed on, and how many characters it lets through. */
export interface LinkLimit {
  readonly place: 'discord' | 'slack' | 'servers' | 'firefox';
  readonly chars: number;
}

/**
 * In ascending order. Discord's limit of a message without Nitro; Slack cuts a little above 4,000 and does not say so; servers,
 * proxies and mail programs commonly stop between 8,000 and 16,000; Firefox opens up to a million.
 */
export const linkLimits: readonly LinkLimit[] = [
  { place: 'discord', chars: 2000 },
  { place: 'slack', chars: 4000 },
  { place: 'servers', chars: 8000 },
  { place: 'firefox', chars: 1_000_000 },
];

/** How good a length is. */
export const linkTone = (length: number): 'good' | 'fair' | 'poor' => (length <= 2000 ? 'good' : length <= 8000 ? 'fair' : 'poor');

/** Does a link of this length go through there? */
export const fits = (limit: LinkLimit, length: number): boolean => length <= limit.chars;
