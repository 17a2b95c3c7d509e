// Shows the steps of images: live, paused, or wherever the slider is. All frames are kept, whatever is shown.
import { byId, element, enable, isStill, onPress } from './dom.js';
import { save, urlOf } from './pictures.js';
import { say } from './status.js';

const frameMilliseconds = 60;

export class Player {
  #root;
  #frames = [];
  #steps = 0;
  #isPaused = false;
  #isLive = false;
  #timer;
  #count = 0;
  name = 'ddpm';

  constructor(place, isWide = false) {
    place.append(byId('player').content.cloneNode(true));
    this.#root = place.querySelector('.player');
    this.#root.classList.toggle('wide', isWide);
    this.#root.hidden = true;
    this.range.addEventListener('input', () => {
      this.#pause(true);
      this.#show();
    });
    onPress(this.#part('pause'), () => this.#toggle());
    onPress(this.#part('save'), () => this.#save());
  }

  get range() {
    return this.#root.querySelector('input[type="range"]');
  }

  /** A new run of some images. What was there before stays until its first frame comes. */
  start(count) {
    this.#count = count;
    this.#isLive = false;
  }

  #begin() {
    const count = this.#count;
    this.#frames = [];
    this.#isLive = true;
    this.#pause(isStill());
    for (const name of ['noisy', 'estimates']) {
      const images = this.#part(name);
      images.style.setProperty('--columns', this.#root.classList.contains('wide') ? count : Math.ceil(Math.sqrt(count)));
      images.replaceChildren(...Array.from({ length: count }, (_, i) => element('img', {
        className: 'pixels', alt: `${name === 'noisy' ? 'Noisy image' : 'Estimate'} ${i + 1}`,
      })));
    }
    enable(this.#part('save'), false);
  }

  add(frame) {
    if (!this.#isLive) this.#begin();
    this.#frames.push(frame);
    this.#steps = frame.steps;
    this.range.max = this.#frames.length;
    this.#root.hidden = false;
    if (!this.#isPaused) this.range.value = this.#frames.length;
    if (!this.#isPaused || this.#frames.length === 1) this.#show();
    else this.#showPlace();
    if (frame.step === 1 || frame.step % Math.ceil(frame.steps / 4) === 0) say(`Step ${frame.step} of ${frame.steps}.`);
  }

  /** The run is over, or was ended. */
  end() {
    if (!this.#isLive) return;
    this.#isLive = false;
    if (!this.#isPaused || isStill()) {
      this.range.value = this.#frames.length;
      this.#show();
    }
    this.#pause(true);
    enable(this.#part('save'), true);
  }

  #toggle() {
    if (this.#isLive || !this.#isPaused) {
      this.#pause(!this.#isPaused);
      if (!this.#isPaused) {
        this.range.value = this.#frames.length;
        this.#show();
      }
      return;
    }
    // Over: once more, from where the slider is, or from the beginning.
    if (Number(this.range.value) >= this.#frames.length) this.range.value = 1;
    this.#pause(false);
    this.#show();
    this.#timer = setInterval(() => {
      this.range.value = Number(this.range.value) + 1;
      this.#show();
      if (Number(this.range.value) >= this.#frames.length) this.#pause(true);
    }, frameMilliseconds);
  }

  #pause(isPaused) {
    clearInterval(this.#timer);
    this.#isPaused = isPaused;
    this.#part('pause').textContent = isPaused ? 'Play' : 'Pause';
  }

  #show() {
    const frame = this.#frames[Number(this.range.value) - 1];
    if (!frame) return;
    this.#fill('noisy', frame.noisy);
    this.#fill('estimates', frame.estimates);
    this.#showPlace();
  }

  #showPlace() {
    const frame = this.#frames[Number(this.range.value) - 1];
    const place = `step ${frame.step} of ${this.#steps}, ${frame.t < 0 ? 'the image' : `t = ${Math.round(frame.t)}`}`;
    this.#part('place').textContent = place;
    this.range.setAttribute('aria-valuetext', place);
  }

  #fill(name, pngs) {
    for (const [i, image] of [...this.#part(name).children].entries()) image.src = urlOf(pngs[i]);
  }

  #save() {
    const frame = this.#frames[Number(this.range.value) - 1];
    for (const [i, png] of frame.noisy.entries()) {
      const of = frame.noisy.length > 1 ? `-${i + 1}` : '';
      save(png, `${this.name}${of}${frame.t < 0 ? '' : `-step-${frame.step}`}.png`);
    }
  }

  #part(name) {
    return this.#root.querySelector(`.${name}`);
  }
}
