// An image out of noise.
import { byId, options } from './dom.js';
import { Job } from './job.js';
import { Player } from './player.js';
import { say } from './status.js';

const mostShown = 9;

export function startGenerate(settings, kept) {
  const most = Math.min(mostShown, settings.limits.images);
  options(byId('count'), Array.from({ length: most }, (_, i) => [String(i + 1), String(i + 1)]));
  const player = new Player(byId('generate-player'));
  new Job(byId('generate-start'), byId('generate-cancel'), () => {
    const count = Number(byId('count').value);
    player.start(count);
    return {
      path: '/api/generate',
      body: { ...settings.body, count },
      on: {
        frame: frame => player.add(frame),
        final: ({ seed, images }) => {
          kept.image = images[0];
          player.name = `ddpm-${seed}`;
          say(`Done: seed ${seed}.`);
        },
      },
    };
  }, () => player.end());
}
