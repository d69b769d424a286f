import { newVersion } from './new-version.ts';

const scriptUrl = (): string => new URL('service-worker.js', document.baseURI).href;

/** Our own service worker is in charge of this page, and not one of a folder above. */
export const keptOffline = (): boolean => 'serviceWorker' in navigator && navigator.serviceWorker.controller?.scriptURL === scriptUrl();

/**
 * Keep the site for when there is no network, where the browser and the host allow it (`https:` or localhost, no private
 * window of some browsers). Where they do not, nothing is said: the page works as it did.
 */
export async function keepOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  let registration: ServiceWorkerRegistration | undefined;
  try {
    registration = await serviceWorker.register(scriptUrl());
  } catch {
    return;
  }
  // A browser that is driven by a test and told to block service workers says yes, and has none.
  if (!registration) return;
  const offer = (worker: ServiceWorker | null): void => {
    // The first one ever has nobody to replace.
    if (!worker || !serviceWorker.controller) return;
    newVersion.value = () => {
      serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      worker.postMessage({ type: 'take-over' });
    };
  };
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration?.installing;
    worker?.addEventListener('statechange', () => { if (worker.state === 'installed') offer(worker); });
  });
  const { active } = await serviceWorker.ready;
  // Also what comes later, on this first visit: it takes a moment until the worker is in charge.
  new PerformanceObserver((list) => active?.postMessage({ type: 'keep', urls: list.getEntries().map(({ name }) => name) })).observe({ type: 'resource', buffered: true });
}
