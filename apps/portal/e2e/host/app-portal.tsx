import 'svix-react/style.css';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { AppPortal } from 'svix-react';

/** An operator's page, as svix-react's documentation shows it. What it embeds stands in its own query. */
function Host() {
  const query = new URLSearchParams(window.location.search);
  const [mount, setMount] = useState(0);
  const darkMode = query.get('darkMode');
  return (
    <main>
      <label>
        Search
        <input />
      </label>
      <button type="button" onClick={() => setMount(mount + 1)}>
        Mount anew
      </button>
      <AppPortal
        key={mount}
        url={query.get('url') ?? ''}
        fullSize={query.get('fullSize') === 'true'}
        {...(darkMode === null ? {} : { darkMode: darkMode === 'auto' ? 'auto' : darkMode === 'true' })}
        {...Object.fromEntries(
          ['primaryColor', 'fontFamily', 'icon'].flatMap((name) => {
            const value = query.get(name);
            return value === null ? [] : [[name, value]];
          }),
        )}
      />
    </main>
  );
}

const host = document.getElementById('host');
if (host === null) throw new Error('app-portal.html has no #host');
createRoot(host).render(
  <StrictMode>
    <Host />
  </StrictMode>,
);
