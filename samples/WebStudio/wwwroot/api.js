// The studio's API: JSON, and events as they come.

export class Problem extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    Object.assign(this, { status: problem.status, field: problem.field, retryAfter: problem.retryAfter });
  }
}

export const get = async path => answer(await fetch(path));

export const post = async (path, body, signal) => answer(await send(path, body, signal));

/** Sends a request and tells its events: on[type](data), until the answer is over. */
export async function stream(path, body, on, signal) {
  const response = await send(path, body, signal);
  if (!response.ok) throw await problem(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let isOver = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const events = (text + value).split('\n\n');
    text = events.pop();
    for (const event of events) {
      const { type, data } = parse(event);
      if (type === 'error') throw new Problem(data);
      isOver ||= type === 'final';
      on[type]?.(data);
    }
  }
  if (!isOver) throw new Problem({ detail: 'The connection ended before the images were there.' });
}

async function send(path, body, signal) {
  try {
    return await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal });
  } catch (fault) {
    if (fault.name === 'AbortError') throw fault;
    throw new Problem({ detail: 'The studio does not answer. Is it still running?' });
  }
}

async function answer(response) {
  if (!response.ok) throw await problem(response);
  return response.json();
}

async function problem(response) {
  try {
    return new Problem(await response.json());
  } catch {
    return new Problem({ status: response.status, detail: `The studio answered ${response.status}.` });
  }
}

function parse(event) {
  let type = 'message';
  const data = [];
  for (const line of event.split('\n')) {
    if (line.startsWith('event:')) type = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5));
  }
  return { type, data: data.length > 0 ? JSON.parse(data.join('\n')) : null };
}
