// Light, dark, or as the system; kept in the browser where it allows that.
import { byId } from './dom.js';

const key = 'ddpm-theme';

export function startTheme() {
  const select = byId('theme');
  try {
    select.value = localStorage.getItem(key) ?? '';
  } catch { /* not kept */ }
  if (select.selectedIndex < 0) select.value = '';
  apply();
  select.addEventListener('change', () => {
    apply();
    try {
      localStorage.setItem(key, select.value);
    } catch { /* not kept */ }
  });

  function apply() {
    if (select.value) document.documentElement.dataset.theme = select.value;
    else delete document.documentElement.dataset.theme;
  }
}
