// The page: settings on one side, four kinds of work on the other.
import { get } from './api.js';
import { byId } from './dom.js';
import { startForward } from './forward.js';
import { startGenerate } from './generate.js';
import { startInpaint } from './inpaint.js';
import { startInterpolate } from './interpolate.js';
import { Settings } from './settings.js';
import { say, showFault } from './status.js';
import { startTabs } from './tabs.js';
import { startTheme } from './theme.js';

const queueMilliseconds = 2000;

async function watchQueue() {
  if (!document.hidden) {
    try {
      const queues = await get('/api/queue');
      const [waiting, running] = ['waiting', 'running'].map(name => queues.reduce((sum, queue) => sum + queue[name], 0));
      byId('queue').textContent = running + waiting === 0 ? 'Idle' : `${running} being made${waiting > 0 ? `, ${waiting} waiting` : ''}`;
    } catch {
      byId('queue').textContent = 'Not connected';
    }
  }
  setTimeout(watchQueue, queueMilliseconds);
}

startTheme();
startTabs();
try {
  const settings = new Settings(await get('/api/models'));
  const kept = { image: null };
  startGenerate(settings, kept);
  startForward(settings, kept);
  startInpaint(settings, kept);
  startInterpolate(settings);
  say('Ready.');
  watchQueue();
} catch (fault) {
  showFault(fault);
}
