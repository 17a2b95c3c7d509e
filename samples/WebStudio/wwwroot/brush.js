// A mask that is painted over a picture, with a pointer or with the keys.
import { byId } from './dom.js';

const scale = 16;

export class Brush {
  #canvas = byId('canvas');
  #image;
  #mask = new Uint8Array(0);
  #at = { x: 0, y: 0 };
  #stroke = null;

  constructor() {
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId);
      this.#stroke = event.button === 2 || event.shiftKey ? 0 : 1;
      this.#move(this.#under(event));
    });
    canvas.addEventListener('pointermove', event => {
      for (const each of event.getCoalescedEvents?.() ?? [event]) this.#move(this.#under(each));
    });
    for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { this.#stroke = null; });
    canvas.addEventListener('contextmenu', event => event.preventDefault());
    canvas.addEventListener('keydown', event => this.#onKey(event));
    for (const change of ['focus', 'blur']) canvas.addEventListener(change, () => this.#draw());
  }

  /** Of each pixel whether it is painted. */
  get mask() {
    return this.#mask;
  }

  /** Takes a picture of the model's size; the mask begins empty. */
  async show(url) {
    const image = new Image();
    image.src = url;
    await image.decode();
    this.#image = image;
    [this.#canvas.width, this.#canvas.height] = [image.width * scale, image.height * scale];
    this.#at = { x: image.width >> 1, y: image.height >> 1 };
    this.clear();
  }

  clear() {
    this.#mask = new Uint8Array(this.#image.width * this.#image.height);
    this.#draw();
  }

  #onKey(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const paints = { ' ': 1, Backspace: 0, Delete: 0 }[event.key];
    if (!this.#image || (!by && paints === undefined)) return;
    event.preventDefault();
    if (by) this.#move({ x: this.#at.x + by[0], y: this.#at.y + by[1] });
    else this.#paint(paints);
    this.#tell();
  }

  #under(event) {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: Math.floor((event.clientX - box.left) / box.width * this.#image.width),
      y: Math.floor((event.clientY - box.top) / box.height * this.#image.height),
    };
  }

  #move({ x, y }) {
    this.#at = { x: Math.max(0, Math.min(this.#image.width - 1, x)), y: Math.max(0, Math.min(this.#image.height - 1, y)) };
    if (this.#stroke === null) this.#draw();
    else this.#paint(this.#stroke);
  }

  #paint(value) {
    for (const { x, y } of this.#covered()) this.#mask[y * this.#image.width + x] = value;
    this.#draw();
  }

  * #covered() {
    const size = Number(byId('brush').value);
    const first = -Math.floor((size - 1) / 2);
    for (let y = this.#at.y + first; y < this.#at.y + first + size; y++)
      for (let x = this.#at.x + first; x < this.#at.x + first + size; x++)
        if (x >= 0 && y >= 0 && x < this.#image.width && y < this.#image.height) yield { x, y };
  }

  #tell() {
    const painted = this.#mask[this.#at.y * this.#image.width + this.#at.x] ? 'painted' : 'free';
    byId('canvas-place').textContent = `Row ${this.#at.y + 1}, column ${this.#at.x + 1}: ${painted}`;
  }

  #draw() {
    if (!this.#image) return;
    const context = this.#canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#image, 0, 0, this.#canvas.width, this.#canvas.height);
    for (let i = 0; i < this.#mask.length; i++)
      if (this.#mask[i]) hatch(context, i % this.#image.width * scale, Math.floor(i / this.#image.width) * scale);
    const size = Number(byId('brush').value);
    const first = -Math.floor((size - 1) / 2);
    const edge = [(this.#at.x + first) * scale, (this.#at.y + first) * scale, size * scale, size * scale];
    // Two lines, so that one is seen on whatever is below.
    for (const [colour, width] of [['#000', 4], ['#fff', 2]]) {
      [context.strokeStyle, context.lineWidth] = [colour, width];
      context.strokeRect(...edge);
    }
  }
}

function hatch(context, x, y) {
  context.fillStyle = '#d8307a';
  context.fillRect(x, y, scale, scale);
  context.strokeStyle = '#ffffff';
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y + scale);
  context.lineTo(x + scale, y);
  context.stroke();
}
