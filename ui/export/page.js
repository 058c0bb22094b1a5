/*
 * The page of a run. Its data (page.c): rows, each kept once, as "runs characters" (row_table.h);
 * for each screen its frames, each as [line, row, line, row, ...] of what differs from the one
 * before; for each step its time and what happened.
 */
(function () {
'use strict';

const run = JSON.parse(document.getElementById('run').textContent);
const screens = Object.keys(run.screens);
const frame = document.getElementById('frame');
const slider = document.getElementById('time');
const at = {step: run.first, screen: run.screen};
const end = run.first + run.steps.length - 1;
const speeds = [0.25, 0.5, 1, 2, 4, 8];
let speed = 2, timer = 0, addressTimer = 0, drawn = [];

/* ---- frames */

/* Of each screen all frames, as lists of rows. */
const frames = {};
for (const screen of screens) {
    let rows = [];
    frames[screen] = run.screens[screen].map(function (changes) {
        rows = rows.slice();
        for (let i = 0; i < changes.length; i += 2)
            rows[changes[i]] = changes[i + 1];
        return rows;
    });
}

/* A run of characters in one ink; those that fonts have in other widths in boxes of whole cells. */
function drawRun(text, ink, kind) {
    const name = run.inks[ink.charCodeAt(0) - 97];
    const span = document.createElement('span');
    if (name !== 'plain')
        span.className = name;
    if (!kind) {
        span.textContent = text;
        return span;
    }
    for (const character of text) {
        const box = document.createElement('b');
        if (kind === '+')
            box.className = 'w';
        box.textContent = character;
        span.append(box);
    }
    return span;
}

function drawRow(row) {
    const line = document.createElement('span'), blank = row.indexOf(' ');
    const characters = Array.from(row.slice(blank + 1));
    let next = 0;
    for (const piece of row.slice(0, blank).matchAll(/(\d*)([a-z])([.+]?)(\*?)/g)) {
        const count = piece[1] ? Number(piece[1]) : 1;
        const taken = piece[4] ? 1 : count;
        const text = characters.slice(next, next + taken).join('');
        line.append(drawRun(piece[4] ? text.repeat(count) : text, piece[2], piece[3]));
        next += taken;
    }
    return line;
}

/* Only lines that differ from what is drawn. */
function draw() {
    const rows = frames[at.screen][at.step - run.first];
    if (drawn.length === 0)
        frame.replaceChildren();
    rows.forEach(function (row, y) {
        if (drawn[y] === row)
            return;
        const line = drawRow(run.rows[row]);
        line.append('\n');
        if (y < frame.childNodes.length)
            frame.replaceChild(line, frame.childNodes[y]);
        else
            frame.append(line);
    });
    drawn = rows;
}

/* ---- what is said */

function words(name, ...values) {
    return run.words[name].replace(/%s/g, () => values.shift());
}

function say() {
    const [time, said] = run.steps[at.step - run.first];
    const where = words('at', at.step, run.last, time);
    document.getElementById('at').textContent = where;
    document.getElementById('said').textContent = said;
    document.getElementById('speed').textContent = timer ? words('speed', speeds[speed]) : '';
    document.getElementById('run-or-pause').textContent = run.words[timer ? 'pause' : 'run'];
    slider.value = at.step;
    slider.setAttribute('aria-valuetext', where);
    for (const button of document.querySelectorAll('[data-screen]'))
        button.setAttribute('aria-pressed', String(button.dataset.screen === at.screen));
}

/* ---- going about */

/* Browsers take so many new addresses a minute, and no more: it follows when one rests. */
function address() {
    const place = '#step=' + at.step + '&screen=' + at.screen;
    if (location.hash === place)
        return;
    try {
        history.replaceState(null, '', place);
    } catch (refused) { /* some browsers allow no address of its own to a file */ }
}

function go(step, screen) {
    at.step = Math.min(Math.max(step, run.first), end);
    if (screens.includes(screen))
        at.screen = screen;
    draw();
    say();
    clearTimeout(addressTimer);
    addressTimer = setTimeout(address, 300);
}

function pause() {
    clearInterval(timer);
    timer = 0;
}

function play() {
    clearInterval(timer);
    timer = setInterval(function () {
        if (at.step >= end)
            pause();
        go(at.step + 1);
    }, 1000 / speeds[speed]);
}

function faster(by) {
    speed = Math.min(Math.max(speed + by, 0), speeds.length - 1);
    if (timer)
        play();
    say();
}

function runOrPause() {
    if (timer)
        pause();
    else
        play();
    say();
}

const commands = {
    step: () => { pause(); go(at.step + 1); },
    back: () => { pause(); go(at.step - 1); },
    first: () => { pause(); go(run.first); },
    last: () => { pause(); go(end); },
    run: runOrPause,
    faster: () => faster(1),
    slower: () => faster(-1),
    states: () => go(at.step, at.screen === 'states' ? 'stage' : 'states'),
    stage: () => go(at.step, 'stage')
};

/* A key that an element needs for itself is its own. */
function isTaken(event) {
    const name = event.target.tagName;
    return event.ctrlKey || event.altKey || event.metaKey ||
        (name === 'INPUT' && /^(Arrow|Home|End)/.test(event.key)) ||
        (name === 'BUTTON' && event.key === ' ');
}

document.addEventListener('keydown', function (event) {
    const command = Object.hasOwn(run.keys, event.key) ? run.keys[event.key] : '';
    const screen = /^[1-9]$/.test(event.key) ? screens[event.key - 1] : undefined;
    if (isTaken(event) || !(command || screen))
        return;
    event.preventDefault();
    if (screen)
        go(at.step, screen);
    else
        commands[command]();
});

/* After a click with the mouse the keys are the page's again. */
function onClick(element, act) {
    element.addEventListener('click', function (event) {
        act();
        if (event.detail > 0)
            document.getElementById('scroll').focus({preventScroll: true});
    });
}

for (const name of ['first', 'back', 'step', 'last'])
    onClick(document.getElementById(name), commands[name]);
onClick(document.getElementById('run-or-pause'), runOrPause);
for (const button of document.querySelectorAll('[data-screen]'))
    onClick(button, () => go(at.step, button.dataset.screen));
slider.addEventListener('input', () => { pause(); go(Number(slider.value)); });

/* "#step=12&screen=states" */
function goToHash() {
    const place = new URLSearchParams(location.hash.slice(1));
    const step = Number(place.get('step') || run.first);
    go(Number.isInteger(step) ? step : run.first, place.get('screen') || at.screen);
}

window.addEventListener('hashchange', goToHash);
goToHash();
}());
