/** Dates as HTTP and access logs write them. The `Date` object is the platform's clock; here it would only be a calendar. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Year, month (from 0), day of the month (from 1), and seconds of the day, in UTC. */
function civil(wallMs: number): { readonly year: number; readonly month: number; readonly day: number; readonly weekday: number; readonly time: string } {
  const days = Math.floor(wallMs / 86_400_000);
  const seconds = Math.floor(wallMs / 1000) - days * 86_400;
  // Count from 1 March of year 0, so that the leap day is the last of its year, and in eras of 400 years (146 097 days).
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // Months from March: 153 days for each five of them.
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (marchMonth + 2) % 12;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    weekday: ((days % 7) + 7) % 7,
    time: `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`,
  };
}

/** IMF-fixdate (RFC9110-5.6.7-2): `Sat, 21 Nov 2026 05:02:40 GMT`. `wallMs`: ms since 1970. */
export function httpDate(wallMs: number): string {
  const { year, month, day, weekday, time } = civil(wallMs);
  return `${weekdays[weekday]}, ${two(day)} ${months[month]} ${String(year).padStart(4, '0')} ${time} GMT`;
}

/** Common log format: `[21/Nov/2026:05:02:40 +0000]`. */
export function logDate(wallMs: number): string {
  const { year, month, day, time } = civil(wallMs);
  return `[${two(day)}/${months[month]}/${year}:${time} +0000]`;
}
