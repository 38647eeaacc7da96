import './styles.ts';
import './till.css';
import { createTheme, MantineProvider, type MantineColorsTuple } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

/** Mantine's own, with a darkest shade on which white has the contrast that WCAG AA asks for: theirs has 4.37. */
const green: MantineColorsTuple = ['#ebfbee', '#d3f9d8', '#b2f2bb', '#8ce99a', '#69db7c', '#51cf66', '#40c057', '#37b24d', '#2f9e44', '#237032'];
const orange: MantineColorsTuple = ['#fff4e6', '#ffe8cc', '#ffd8a8', '#ffc078', '#ffa94d', '#ff922b', '#fd7e14', '#f76707', '#e8590c', '#b5400b'];

const theme = createTheme({
  colors: { green, orange },
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
