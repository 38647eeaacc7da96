import '@mantine/core/styles.css';
import './till.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 6 },
  fontFamily: 'system-ui, sans-serif',
  defaultRadius: 'md',
  // White on any of our fills has at least the contrast of WCAG AA.
  autoContrast: true,
});

const place = document.getElementById('till');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme}>
        <App />
      </MantineProvider>
    </StrictMode>,
  );
}
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/service-worker.js').catch(() => undefined);
