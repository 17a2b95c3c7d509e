// PNGs, which come as base64.
import { element } from './dom.js';

export const urlOf = png => `data:image/png;base64,${png}`;

export const picture = (png, alt) => element('img', { className: 'pixels', src: urlOf(png), alt });

export function save(png, name) {
  const bytes = Uint8Array.from(atob(png), letter => letter.charCodeAt(0));
  const href = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
  element('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** A file as base64; one that is too large is refused before it is read. */
export async function read(file, mostBytes) {
  if (file.size > mostBytes) throw new Error(`A picture must have at most ${mostBytes} bytes, but ${file.name} has ${file.size}.`);
  const reader = new FileReader();
  await new Promise((done, failed) => {
    reader.onload = done;
    reader.onerror = () => failed(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
  return reader.result.slice(reader.result.indexOf(',') + 1);
}
