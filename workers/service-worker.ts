/**
 * Keeps the built site, so that it opens without a network after the first visit. The page works as well without: where no
 * service worker is allowed, nothing is missing but that.
 *
 * One cache per build. A new build is fetched beside the old one and takes over when the visitor says so (or when no page of
 * the old one is open any more), so a page never gets files of two builds.
 */
declare const __BUILD__: { readonly id: string; readonly files: readonly string[]; readonly editor: readonly string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const { scope } = worker.registration;
/** Several versions may live in folders of one origin: each minds its own. */
const prefix = `porthole ${scope} `;
const cacheName = prefix + __BUILD__.id;

worker.addEventListener('install', (event) => {
  // `reload`: past the HTTP cache, which may still hold files of before.
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(__BUILD__.files.map((file) => new Request(new URL(file, scope), { cache: 'reload' })))));
});

worker.addEventListener('activate', (event) => {
  const tidy = async (): Promise<void> => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener('message', (event) => {
  const { type, urls } = Object(event.data) as { readonly type?: unknown; readonly urls?: unknown };
  if (type === 'take-over') void worker.skipWaiting();
  // What the page had fetched before there was anybody to keep it.
  if (type !== 'keep' || !Array.isArray(urls)) return;
  const wanted = urls.filter(isAsset);
  const editor = __BUILD__.editor.map((file) => scope + file);
  // Monaco's own workers are not among what a page knows that it has fetched.
  event.waitUntil(Promise.all((wanted.some((url) => editor.includes(url)) ? [...wanted, ...editor] : wanted).map(keep)));
});

const isAsset = (url: unknown): url is string => typeof url === 'string' && url.startsWith(`${scope}assets/`);

async function keep(url: string): Promise<void> {
  const cache = await caches.open(cacheName);
  if (await cache.match(url)) return;
  // From the HTTP cache, where the page has just put it.
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) await cache.put(url, response);
}

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  url.search = url.hash = '';
  if (!url.href.startsWith(scope)) return;
  const path = url.href.slice(scope.length);
  if (path === 'sandbox.html') event.respondWith(sandbox(url.href));
  else if (path.startsWith('assets/')) event.respondWith(asset(request, url.href));
  // The page of this build. `embed.html` is somebody else's to open: it is only helped out with.
  else if (path === '' || path === 'index.html' || path === 'favicon.svg' || path === 'preview.js') event.respondWith(kept(path === '' ? `${scope}index.html` : url.href, request));
  else if (path === 'embed.html' || path === 'embed.js') event.respondWith(fetch(request).catch(() => kept(url.href, request)));
});

async function kept(url: string, request: Request): Promise<Response> {
  const found = await (await caches.open(cacheName)).match(url);
  if (!found) return fetch(request);
  // Hosts that take `.html` off names have redirected us to it, and browsers refuse such an answer to a navigation: it is given as one that came at once.
  return found.redirected ? new Response(found.body, { status: found.status, headers: found.headers }) : found;
}

/** Names of assets have a hash in them: what is kept is what there would be. */
async function asset(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const found = await cache.match(url);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && response.type === 'basic') void cache.put(url, response.clone());
  return response;
}

/**
 * A frame with a `sandbox` attribute does not come by here: its origin is nobody's. So the frame of processes is opened without
 * one where this worker is in charge, and is sandboxed by this header. `sandbox.html` itself refuses to run where it is not.
 */
async function sandbox(url: string): Promise<Response> {
  const found = await kept(url, new Request(url));
  const headers = new Headers(found.headers);
  headers.set('Content-Security-Policy', 'sandbox allow-scripts');
  return new Response(found.body, { status: found.status, headers });
}
