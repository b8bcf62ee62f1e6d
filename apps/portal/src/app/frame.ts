/** True inside an iframe. Works across sites: only the identity of the windows is compared. */
export const isFramed = (window: Window): boolean => window.parent !== window;

/**
 * Tells the page around us how tall we are, at once and on each change: svix-react's AppPortal sizes its frame by it.
 * The target is any origin, since we cannot know who embeds us; the message says nothing but the height.
 *
 * The content must not depend on the height of the frame (no vh units), else the two push each other up for ever.
 *
 * @returns stops it
 */
export function reportHeight(window: Window & typeof globalThis, content: Element): () => void {
  let reported = -1;
  const report = () => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === reported) return;
    reported = height;
    window.parent.postMessage({ type: 'svix.iframe-resizer-height', payload: { height } }, '*');
  };
  const observer = new window.ResizeObserver(report);
  observer.observe(content);
  report();
  return () => observer.disconnect();
}
