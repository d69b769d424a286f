/** Becoming somebody with fewer rights: `--user`, `--group`. */

/** A user or group as people write them: a name, or a number. */
const idOf = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

/** Can this platform change users? (Windows can't.) */
export const canDropPrivileges = typeof process.setuid === 'function';

/**
 * Run as `user` and `group` from now on; '' leaves things as they are. The groups that the process was in are left, too.
 * Throws where there is no such user or group, or the process may not change.
 */
export function dropPrivileges(user: string, group: string): void {
  if (user === '' && group === '') return;
  const { setgid, setuid, initgroups, getgid } = process as NodeJS.Process & { initgroups?(user: string | number, group: string | number): void };
  if (setgid === undefined || setuid === undefined || initgroups === undefined || getgid === undefined) throw new Error('this platform cannot change users');
  // In this order: without root's rights the groups could not be changed any more.
  if (group !== '') setgid(idOf(group));
  if (user === '') return;
  initgroups(idOf(user), getgid());
  setuid(idOf(user));
}
