// What is said: in words, into regions that screen readers read aloud.
import { byId } from './dom.js';

export function say(text) {
  byId('status').textContent = text;
}

export function clearFault() {
  byId('error').textContent = '';
  for (const field of document.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
}

export function showFault(fault) {
  const again = fault.retryAfter ? ` Try again in ${fault.retryAfter} s.` : '';
  byId('error').textContent = fault.message + again;
  say('');
  fieldOf(fault.field)?.setAttribute('aria-invalid', 'true');
}

function fieldOf(name) {
  if (name === 'secondSeed') return byId('second-seed');
  return byId('settings').elements.namedItem(name ?? '') ?? byId(name ?? '');
}
