// Short words for the document.

export const byId = id => document.getElementById(id);

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function options(select, entries, chosen) {
  select.replaceChildren(...entries.map(([value, text]) => element('option', { value, textContent: text })));
  if (chosen !== undefined) select.value = chosen;
}

// A button that cannot be used keeps the focus, so that nobody who uses the keyboard is thrown out of place.
export function enable(button, isEnabled) {
  if (isEnabled) button.removeAttribute('aria-disabled');
  else button.setAttribute('aria-disabled', 'true');
}

export function onPress(button, act) {
  button.addEventListener('click', () => button.getAttribute('aria-disabled') === 'true' || act());
}

export const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0];

export const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
