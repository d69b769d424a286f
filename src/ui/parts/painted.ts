/** In a tab that nobody looks at nothing is painted; what waits for it begins all the same. ms. */
const patienceMs = 1000;

/** Resolves when the page has been painted for the first time. */
export const painted: Promise<void> = new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length > 0) finish();
  });
  const timer = setTimeout(finish, patienceMs);
  function finish(): void {
    observer.disconnect();
    clearTimeout(timer);
    resolve();
  }
  observer.observe({ type: 'paint', buffered: true });
});
