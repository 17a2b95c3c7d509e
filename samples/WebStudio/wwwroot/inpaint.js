// The painted part of a picture is made anew.
import { Brush } from './brush.js';
import { byId, enable, onPress } from './dom.js';
import { Job } from './job.js';
import { save, urlOf } from './pictures.js';
import { number } from './settings.js';
import { startSource } from './source.js';
import { say } from './status.js';

export function startInpaint(settings, kept) {
  const brush = new Brush();
  const progress = byId('inpaint-progress');
  const [work, result] = [byId('inpaint-work'), byId('inpaint-result')];
  byId('resamplings').max = settings.limits.resamplings;
  let source = null;
  let filled = null;

  startSource('inpaint', settings, kept, 2, async ({ image }) => {
    source = { image, model: settings.model.name };
    work.hidden = false;
    result.hidden = true;
    await brush.show(urlOf(image));
    say('Paint over what shall be made anew.');
  });
  settings.onModel(() => { work.hidden = true; });
  onPress(byId('mask-clear'), () => brush.clear());
  onPress(byId('inpaint-save'), () => save(filled.png, `ddpm-inpaint-${filled.seed}.png`));

  new Job(byId('inpaint-start'), byId('inpaint-cancel'), () => {
    if (!brush.mask.includes(1)) throw new Error('Nothing is painted yet: paint over what shall be made anew.');
    const body = { ...settings.body, image: source.image, mask: btoa(String.fromCharCode(...brush.mask)), resamplings: number(byId('resamplings')) };
    progress.value = 0;
    progress.hidden = false;
    return {
      path: '/api/inpaint',
      body,
      on: {
        progress: ({ step, steps }) => {
          progress.value = step / steps;
          if (step === 1 || step % Math.ceil(steps / 4) === 0) say(`Step ${step} of ${steps}.`);
        },
        final: ({ seed, images: [png] }) => {
          filled = { png, seed };
          result.hidden = false;
          byId('inpaint-image').src = urlOf(png);
          enable(byId('inpaint-save'), true);
          say(`Done: filled with seed ${seed}.`);
        },
      },
    };
  }, () => { progress.hidden = true; });
}
