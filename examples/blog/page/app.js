// client.js is the API's own client for users, as /client.ts serves it, compiled to JavaScript.
import { createClient } from './client.js';

const api = createClient({ baseUrl: new URL('/query', location.href).href });
const at = (id) => document.getElementById(id);

// text puts texts into the page, which are never read as HTML.
const text = (tag, content) => Object.assign(document.createElement(tag), { textContent: content });

async function show() {
  const user = await api.user.first().catch(() => null);
  at('account').hidden = user !== null;
  at('signed').hidden = at('post').hidden = user === null;
  at('who').textContent = user ? user.name : '';
  const posts = user ? await api.posts.list({ take: 20 }) : (await (await fetch('/query/posts')).json()).posts;
  const rows = Array.isArray(posts) ? posts : posts.rows;
  at('posts').replaceChildren(...rows.map((p) => {
    const item = text('li', '');
    item.append(text('b', p.title), ' ', text('span', p.body ?? ''), ' ', text('small', new Date(p.createdAt).toLocaleString()));
    return item;
  }));
}

// tries tells what went wrong, in the API's own words.
async function tries(event, fn) {
  event.preventDefault();
  at('error').textContent = '';
  try {
    await fn(Object.fromEntries(new FormData(event.target)));
    await show();
  } catch (error) {
    at('error').textContent = error.message;
  }
}

async function account(way, body) {
  const answer = await fetch('/api/auth/' + way, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

at('account').addEventListener('submit', (event) => tries(event, async (given) => {
  if (event.submitter?.name === 'up') await account('sign-up/email', { ...given, name: given.email.split('@')[0] });
  await account('sign-in/email', given);
}));
at('signed').addEventListener('submit', (event) => tries(event, () => account('sign-out', {})));
at('post').addEventListener('submit', (event) => tries(event, async (given) => {
  await api.posts.create(given);
  event.target.reset();
}));
show().catch((error) => { at('error').textContent = error.message; });
