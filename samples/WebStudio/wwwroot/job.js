// Work that the studio does while the page watches: one button begins it, another ends it.
import { stream } from './api.js';
import { enable, onPress } from './dom.js';
import { clearFault, say, showFault } from './status.js';

export class Job {
  #start;
  #cancel;
  #running;

  /**
   * @param start The button that begins it.
   * @param cancel The button that ends it.
   * @param ask Says { path, body, on }, or throws.
   * @param over Called at the end, whatever it was.
   */
  constructor(start, cancel, ask, over) {
    this.#start = start;
    this.#cancel = cancel;
    onPress(start, () => this.#run(ask, over));
    onPress(cancel, () => this.#running?.abort());
  }

  async #run(ask, over) {
    clearFault();
    this.#running = new AbortController();
    this.#show(true);
    try {
      const { path, body, on } = ask();
      await stream(path, body, { queued: sayPlace, ...on }, this.#running.signal);
    } catch (fault) {
      if (fault.name === 'AbortError') say('Cancelled.');
      else showFault(fault);
    } finally {
      this.#running = null;
      this.#show(false);
      over();
    }
  }

  #show(isRunning) {
    enable(this.#start, !isRunning);
    enable(this.#cancel, isRunning);
  }
}

function sayPlace({ before, delay }) {
  const time = delay >= 1 ? `, about ${Math.ceil(delay)} s` : '';
  say(before === 0 ? `Waiting for the model${time}: you are next.` : `Waiting in the queue${time}: ${before} before you.`);
}
