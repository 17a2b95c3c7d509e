using System.Text.Json;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>A program's run in a terminal that a Python program plays. Without Python the test is skipped.</summary>
internal sealed class PseudoTerminal
{
    // Prints a line of JSON. The terminal has 80 columns and 24 lines; it answers to the question for device attributes, or not.
    private const string Player = """
        import base64, fcntl, json, os, pty, select, signal, struct, sys, termios, time
        told = json.loads(sys.argv[1])
        master, slave = pty.openpty()
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 24, told['Columns'], 0, 0))
        before = termios.tcgetattr(slave)
        child = os.fork()
        if child == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if told['InBackground']:
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                if os.fork() == 0:
                    os.setpgid(0, 0)
                    os.tcsetpgrp(slave, os.getpgrp())
                    parent = os.getppid()
                    while os.getppid() == parent: time.sleep(0.1)
                    os._exit(0)
                while os.tcgetpgrp(slave) == os.getpgrp(): time.sleep(0.01)
                signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            for fd in (0, 1, 2): os.dup2(slave, fd)
            environment = {name: value for name, value in os.environ.items() if name not in ('NO_COLOR', 'COLORTERM', 'TERM', 'LC_ALL')}
            os.execvpe(told['Line'][0], told['Line'], {**environment, 'LANG': 'C.UTF-8', **told['Environment']})
        if told['TypedBefore']: os.write(master, told['TypedBefore'].encode())
        printed, asked, answered, status = b'', None, False, None
        while status is None or select.select([master], [], [], 0.05)[0]:
            if select.select([master], [], [], 0.02)[0]: printed += os.read(master, 65536)
            if asked is None and b'\x1b[c' in printed: asked = time.monotonic()
            if asked and not answered and told['Answer'] and time.monotonic() >= asked + told['Delay']:
                answered = os.write(master, told['Answer'].encode()) > 0
            if status is None:
                pid, state = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
                if pid and os.WIFSTOPPED(state): os.kill(child, signal.SIGKILL)
                elif pid: status, ended = os.waitstatus_to_exitcode(state), time.monotonic()
        after = termios.tcgetattr(slave)
        line = termios.tcgetattr(slave)
        line[3] &= ~termios.ICANON
        line[6][termios.VMIN] = 0
        termios.tcsetattr(slave, termios.TCSANOW, line)
        left = os.read(slave, 1000)
        print(json.dumps({'Printed': base64.b64encode(printed).decode(), 'Asked': asked is not None, 'Seconds': ended - asked if asked else 0,
            'ExitCode': status, 'Left': left.decode(), 'IsRestored': before[:4] == after[:4]}))
        """;

    /// <summary>Variables beside TERM, which is xterm's.</summary>
    public Dictionary<string, string> Environment { get; init; } = new() { ["TERM"] = "xterm-256color", ["COLORTERM"] = "truecolor" };

    /// <summary>Characters of a line.</summary>
    public int Columns { get; init; } = 80;

    /// <summary>What the terminal says when it is asked.</summary>
    public string Answer { get; init; } = "";

    /// <summary>Seconds until it does.</summary>
    public double Delay { get; init; }

    /// <summary>What stands in the input when the program begins.</summary>
    public string TypedBefore { get; init; } = "";

    /// <summary>Whether another process has the terminal's foreground.</summary>
    public bool InBackground { get; init; }

    /// <summary>Whether the output goes through a pipe, and only what the pipe's other end prints to the terminal.</summary>
    public bool IsPiped { get; init; }

    /// <summary>What was seen.</summary>
    /// <param name="Printed">The bytes that the program wrote.</param>
    /// <param name="Asked">Whether it asked for device attributes.</param>
    /// <param name="Seconds">From the question to the program's end.</param>
    /// <param name="ExitCode">Negative: a signal.</param>
    /// <param name="Left">What the next reader of the input would find there.</param>
    /// <param name="IsRestored">Whether the terminal's settings are as before.</param>
    public sealed record Seen(byte[] Printed, bool Asked, double Seconds, int ExitCode, string Left, bool IsRestored);

    /// <summary>Runs a sample to its end.</summary>
    public Seen Run(string sample, params IEnumerable<string> arguments)
    {
        var start = SampleProgram.StartOf(sample, arguments);
        string[] line = [.. IsPiped ? (string[])["/bin/sh", "-c", "\"$@\" | cat", "sh"] : [], start.FileName, .. start.ArgumentList];
        var told = JsonSerializer.Serialize(new { Line = line, Environment, Columns, Answer, Delay, TypedBefore, InBackground });
        return JsonSerializer.Deserialize<Seen>(Python.Run(Player, told))!;
    }
}
