// A picture to work on: a file, or what was generated. The studio brings it into the model's size, and refuses what is no picture.
import { post } from './api.js';
import { byId, onPress } from './dom.js';
import { read } from './pictures.js';
import { clearFault, say, showFault } from './status.js';

/** @param use Gets the answer of the forward process: { image, frames, seed }. */
export function startSource(name, settings, kept, count, use) {
  const file = byId(`${name}-file`);
  const take = async image => {
    clearFault();
    say('Reading the picture…');
    try {
      // The studio counts what is sent, and base64 is a third longer.
      const png = await image(Math.floor(settings.limits.uploadBytes * 0.74));
      use(await post('/api/forward', { model: settings.model.name, seed: settings.seed, image: png, count }));
    } catch (fault) {
      showFault(fault);
    }
  };
  file.addEventListener('change', async () => {
    const [chosen] = file.files;
    if (chosen) await take(most => read(chosen, most));
    file.value = '';
  });
  onPress(byId(`${name}-generated`), () => take(async () => {
    if (!kept.image) throw new Error('There is no generated image yet: make one first.');
    return kept.image;
  }));
}
