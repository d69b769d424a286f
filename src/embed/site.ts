/** `embed.js` of the site: a plain script, since a module of another origin would need a header that not every host sends. */
import { definePlayground } from './element.ts';

definePlayground(new URL('.', (document.currentScript as HTMLScriptElement).src).href);
