// Runs in the preview frame, and is the only script that its policy lets run there. Tells the page which link was followed and which form
// was submitted. The document is an application's: its forms may have fields called `action` or `getAttribute`, so nothing is asked of
// a node directly. src/ui/trace/preview-frame.tsx is the other end.
{
  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name) ?? '';
  const tell = (message) => parent.postMessage(message, '*');
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href], area[href]') : null;
    if (!link) return;
    const href = attribute(link, 'href');
    // Within the page the browser finds its own way.
    if (href.startsWith('#')) return;
    event.preventDefault();
    tell({ type: 'link', href });
  });
  addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    const asked = (name) => (event.submitter && attribute(event.submitter, `form${name}`)) || attribute(form, name);
    const entries = Array.from(new FormData(form, event.submitter), ([name, value]) => [name, typeof value === 'string' ? value : value.name]);
    tell({ type: 'submit', action: asked('action'), method: asked('method'), enctype: asked('enctype'), entries });
  });
}
