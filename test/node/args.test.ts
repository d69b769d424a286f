import { describe, expect, it } from 'vitest';
import { UsageError, combine, configText, helpText, readArgs, readConfig, readEnv, splitWords } from '../../src/node/args.ts';
import { serverConfig } from '../../src/node/boot.ts';
import { envName, settingNames, settings } from '../../src/node/settings.ts';
import { defaultConfig } from '../../src/server/config.ts';

/** What the command would print. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return `${(error as UsageError).message} ${(error as UsageError).advice}`.trim();
  }
  throw new Error('it was accepted');
}

describe('the command line', () => {
  it('takes an application and flags in any order', () => {
    expect(readArgs(['-b', '127.0.0.1:0', 'app.ts:app', '--keep-alive', '2.5', '--trace'])).toEqual({
      given: { bind: ['127.0.0.1:0'], keepAlive: 2.5, trace: true },
      target: 'app.ts:app', help: false, version: false,
    });
  });

  it('collects a repeated flag where several make sense, and takes the last elsewhere', () => {
    expect(readArgs(['-b', ':1', '--bind=unix:/s', '--bind', '[::1]:2', '--backlog', '1', '--backlog', '2']).given).toEqual({ bind: [':1', 'unix:/s', '[::1]:2'], backlog: 2 });
  });

  it.each([
    ['-b:8000', { bind: [':8000'] }],
    ['--no-date-header', { dateHeader: false }],
    ['--timeout-keep-alive=7', { keepAlive: 7 }],
    ['--ssl-certfile=x.pem', { certfile: 'x.pem' }],
    ['--limit-request-body=10MB', { limitRequestBody: 10_000_000 }],
    ['--limit-request-body=1GiB', { limitRequestBody: 2 ** 30 }],
    ['--limit-request-body=0', { limitRequestBody: Infinity }],
    ['--limit-request-line=0', { limitRequestLine: Infinity }],
    ['--no-access-log', { accessLog: false }],
    ['--ws-max-size=64KiB', { wsMaxSize: 65_536 }],
    ['--ws-max-size=0', { wsMaxSize: Infinity }],
    ['--ws-ping-interval=0.5', { wsPingInterval: 0.5 }],
    ['--ws-ping-timeout=0', { wsPingTimeout: 0 }],
    ['--ws-per-message-deflate=false', { wsPerMessageDeflate: false }],
    ['--access-logformat=%(h)s "%(r)s" %(s)s', { accessLogFormat: '%(h)s "%(r)s" %(s)s' }],
    ['--access-log-format=json', { accessLogFormat: 'json' }],
    ['--limit-max-requests=1000', { maxRequests: 1000 }],
    ['--forwarded-allow-ips=10.0.0.0/8, unix', { forwardedAllowIps: '10.0.0.0/8, unix' }],
    ['--forwarded-allow-ips=', { forwardedAllowIps: '' }],
    ['-uwww-data', { user: 'www-data' }],
  ])('reads %s', (flag, given) => {
    expect(readArgs([flag]).given).toEqual(given);
  });

  it.each([
    [['--bnid', 'x'], 'There is no --bnid. Did you mean --bind?'],
    [['--keepalive', '3'], 'There is no --keepalive. Did you mean --keep-alive?'],
    [['--limit-request-headers', '3'], 'There is no --limit-request-headers. Did you mean --limit-request-fields?'],
    [['--port', '80'], 'There is no --port. Write -b HOST:PORT.'],
    [['--zzzzzzzzz'], 'There is no --zzzzzzzzz. See porthole --help.'],
    [['-z'], 'There is no -z. See porthole --help.'],
    [['--bind'], '--bind needs a value: --bind HOST:PORT.'],
    [['--bind', '--trace'], '--bind needs a value: --bind HOST:PORT.'],
    [['--trace=1'], '--trace takes no value. To switch it off: --no-trace.'],
    [['--keep-alive', 'soon'], "--keep-alive must be a number of seconds, not 'soon'."],
    [['--keep-alive=-1'], "--keep-alive must be a number of seconds, not '-1'."],
    [['--backlog', '0'], "--backlog must be a whole number from 1, not '0'."],
    [['--backlog', '1e3'], "--backlog must be a whole number from 1, not '1e3'."],
    [['--interface', 'cgi'], "--interface must be auto, wsgi, asgi or fetch, not 'cgi'."],
    [['--limit-request-body', 'big'], "--limit-request-body must be a number of bytes, such as 65536, 10MB or 1GiB, not 'big'."],
    [['--access-logformat', '%(z)s'], "--access-logformat must be json, or made of gunicorn's atoms (the access log knows no atom %(z)s), not '%(z)s'."],
    [['--forwarded-allow-ips', 'proxy'], "--forwarded-allow-ips must be addresses, networks (10.0.0.0/8), unix or *, separated by commas, not 'proxy'."],
    [['--max-request', '3'], 'There is no --max-request. Did you mean --max-requests?'],
    [['a.ts', 'b.ts'], 'There can be one application, not 2: a.ts, b.ts.'],
  ])('refuses %j', (argv, message) => {
    expect(refusal(() => readArgs(argv))).toBe(message);
  });

  it('knows --help and --version, also in short', () => {
    expect(readArgs(['--help']).help && readArgs(['-h']).help && readArgs(['--version']).version && readArgs(['-v']).version).toBe(true);
  });
});

describe('environment and config file', () => {
  it('reads PORTHOLE_ variables and the names that platforms use', () => {
    expect(readEnv({ PORTHOLE_KEEP_ALIVE: '9', PORTHOLE_BIND: '127.0.0.1:1, unix:/s', PORTHOLE_TRACE: 'false', HOME: '/x' })).toEqual({ keepAlive: 9, bind: ['127.0.0.1:1', 'unix:/s'], trace: false });
    expect(readEnv({ PORT: '5000' })).toEqual({ bind: ['0.0.0.0:5000'] });
    expect(readEnv({ PORT: '5000', PORTHOLE_BIND: ':1' })).toEqual({ bind: [':1'] });
    expect(readEnv({ PORTHOLE_KEEP_ALIVE: '' })).toEqual({});
  });

  it('names the variable that is wrong', () => {
    expect(refusal(() => readEnv({ PORTHOLE_BACKLOG: 'x' }))).toBe("PORTHOLE_BACKLOG must be a whole number from 1, not 'x'.");
  });

  it('reads what a config file exports', () => {
    expect(readConfig({ app: 'app.ts', bind: '127.0.0.1:1', keepAlive: 3, limitRequestBody: Infinity, validate: true, rootPath: undefined }, 'c.ts')).toEqual({ app: 'app.ts', bind: ['127.0.0.1:1'], keepAlive: 3, limitRequestBody: Infinity, validate: true });
    expect(readConfig({ bind: [':1', ':2'] }, 'c.ts')).toEqual({ bind: [':1', ':2'] });
  });

  it.each([
    [undefined, "c.ts has no settings to give. Write: export default { bind: '127.0.0.1:8000' }."],
    [{ keepalive: 3 }, "c.ts: there is no setting 'keepalive'. Did you mean keepAlive?"],
    [{ config: 'x' }, "c.ts: there is no setting 'config'."],
    [{ keepAlive: 'x' }, "c.ts: keepAlive must be a number of seconds, not 'x'."],
    [{ keepAlive: {} }, 'c.ts: keepAlive must be a string, a number or a boolean.'],
  ])('refuses a config file that exports %j', (exported, message) => {
    expect(refusal(() => readConfig(exported, 'c.ts'))).toContain(message);
  });

  it('lets later layers win and remembers which did', () => {
    const { settings: values, sources } = combine([
      { from: 'file', given: { keepAlive: 1, backlog: 5 } },
      { from: 'environment', given: { keepAlive: 2 } },
      { from: 'command line', given: { trace: true } },
    ]);
    expect(values).toMatchObject({ keepAlive: 2, backlog: 5, trace: true, bodyTimeout: 60 });
    expect(sources).toMatchObject({ keepAlive: 'environment', backlog: 'file', trace: 'command line', bodyTimeout: 'default' });
    expect(configText(values, sources)).toMatch(/^keepAlive +2 +environment$/m);
  });

  it('splits PORTHOLE_CMD_ARGS at blanks outside quotes', () => {
    expect(splitWords(` -b :1  --chdir '/a b' --root-path="/x y"z `)).toEqual(['-b', ':1', '--chdir', '/a b', '--root-path=/x yz']);
  });
});

describe('the table of settings', () => {
  it('has every flag in the help, in a group', () => {
    const help = helpText();
    for (const name of settingNames) expect(help).toMatch(new RegExp(`--(no-)?${settings[name].flag}\\b`));
  });

  it('fits into 100 columns', () => {
    expect(helpText().split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('spells no flag twice', () => {
    const spellings = settingNames.flatMap((name) => [settings[name].flag, settings[name].short ?? [], settings[name].also ?? []].flat());
    expect(new Set(spellings).size).toBe(spellings.length);
    expect(new Set(settingNames.map(envName)).size).toBe(settingNames.length);
  });

  it('agrees with the server about WebSockets', () => {
    const usual = combine([]).settings;
    const { wsMaxMessageBytes, wsPingIntervalMs, wsPingTimeoutMs, wsPerMessageDeflate } = defaultConfig;
    expect(serverConfig(usual)).toMatchObject({ wsMaxMessageBytes, wsPingIntervalMs, wsPingTimeoutMs, wsPerMessageDeflate });
    const { given } = readArgs(['--ws-max-size=1MB', '--ws-ping-interval=1.5', '--ws-ping-timeout=0', '--ws-per-message-deflate=off']);
    expect(serverConfig({ ...usual, ...given } as typeof usual)).toMatchObject({ wsMaxMessageBytes: 1_000_000, wsPingIntervalMs: 1500, wsPingTimeoutMs: 0, wsPerMessageDeflate: false });
  });

  it('has defaults that its own reader accepts', () => {
    for (const name of settingNames) {
      const { reader, default: usual } = settings[name];
      for (const item of [usual].flat()) expect(reader.read(String(item)), name).toEqual(item);
    }
  });
});
