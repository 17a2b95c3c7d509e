// The forward process of a picture, as a filmstrip.
import { byId, element } from './dom.js';
import { picture } from './pictures.js';
import { startSource } from './source.js';
import { say } from './status.js';

export function startForward(settings, kept) {
  startSource('forward', settings, kept, 10, ({ frames, seed }) => {
    byId('filmstrip').replaceChildren(...frames.map(({ t, signal, noise, image }) => element('li', {},
      element('figure', {},
        picture(image, `The picture at t = ${t}`),
        element('figcaption', {}, `t = ${t}`, element('br'), `${share(signal)} x`, element('sub', { textContent: '0' }), ` + ${share(noise)} ε`)))));
    say(`The picture at ${frames.length} steps, with the noise of seed ${seed}.`);
  });
}

const share = value => value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
