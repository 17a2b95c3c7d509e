// The images between two seeds.
import { anySeed, byId, onPress, options } from './dom.js';
import { Job } from './job.js';
import { Player } from './player.js';
import { number } from './settings.js';
import { say } from './status.js';

export function startInterpolate(settings) {
  const second = byId('second-seed');
  second.max = settings.limits.seed;
  second.value = anySeed();
  onPress(byId('second-die'), () => { second.value = anySeed(); });
  const most = settings.limits.images;
  options(byId('mixes'), Array.from({ length: most - 1 }, (_, i) => [String(i + 2), String(i + 2)]), String(Math.min(5, most)));
  const player = new Player(byId('interpolate-player'), true);
  new Job(byId('interpolate-start'), byId('interpolate-cancel'), () => {
    const count = Number(byId('mixes').value);
    player.start(count);
    return {
      path: '/api/interpolate',
      body: { ...settings.body, secondSeed: number(second), count },
      on: {
        frame: frame => player.add(frame),
        final: ({ seed, secondSeed }) => {
          player.name = `ddpm-${seed}-${secondSeed}`;
          say(`Done: from seed ${seed} to seed ${secondSeed}.`);
        },
      },
    };
  }, () => player.end());
}
