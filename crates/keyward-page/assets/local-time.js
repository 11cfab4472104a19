// Shows every instant in the user's time and language, with UTC and the exact time as the tooltip.
// Instants marked as relative say how long ago they were, or how soon they will be.

const language = document.documentElement.lang;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const utcDay = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
const dayOfYear = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
const distance = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const RELATIVE_SECONDS = 31 * 86_400;

function relative(at, now) {
  const seconds = (at - now) / 1000;
  if (Math.abs(seconds) > RELATIVE_SECONDS) {
    return (at.getFullYear() === now.getFullYear() ? dayOfYear : day).format(at);
  }
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  // What is left counts in full, as in the page's sentences; what has passed counts when it is over.
  return distance.format(Math.ceil(seconds / length), unit);
}

const number = new Intl.NumberFormat(language);

export function showLocalTimes(within) {
  const now = new Date();
  for (const data of within.querySelectorAll("data[value]")) {
    data.textContent = number.format(data.value);
  }
  // A day in UTC is the same day everywhere.
  for (const time of within.querySelectorAll("time[data-day]")) {
    time.textContent = utcDay.format(new Date(time.dateTime));
  }
  for (const time of within.querySelectorAll("time[title]")) {
    const at = new Date(time.dateTime);
    time.dataset.utc ??= time.title;
    const local = exact.format(at);
    time.textContent = "relative" in time.dataset ? relative(at, now) : local;
    time.title = `${local} (${time.dataset.utc})`;
  }
}
