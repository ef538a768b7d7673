<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** The worker's loop: one call at a time, in the order they came. */
final class Worker
{
    private const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
    private const FLUSH_SECONDS = 0.0005;

    private static self $current;

    /** @var array<string, string> headers as JSON, by content type */
    private static array $fields = [];

    private readonly Channel $channel;

    /** @var array<int, Handler> by number */
    private array $handlers = [];

    /** @var array<string, mixed> what loaded files returned, by file */
    private array $values = [];

    /** @var array<int, Call> whose body has not come whole */
    private array $partial = [];

    /** @var list<array{array<string, mixed>, string}> frames that came while a stream waited */
    private array $backlog = [];
    private ?Call $running = null;
    private bool $isLoading = false;
    private bool $isLeaving = false;

    /** @var array<string, string> */
    private array $env = [];

    /** @var array<string, string|false> variables of the process itself that a function's own hide */
    private array $hidden = [];
    private float $flushedAt = 0.0;
    private float $beganAt = 0.0;

    /** Memory that is given back when PHP has run out of it, so that the fault can be told. */
    private string $reserve;

    private function __construct(int $fd, private readonly string $autoload)
    {
        $this->channel = new Channel($fd);
        $this->reserve = str_repeat('x', 256 * 1024);
    }

    /** `$autoload`: Composer's file for this function's packages, or ''. */
    public static function start(int $fd, string $autoload): void
    {
        self::$current = new self($fd, $autoload);
        register_shutdown_function(self::$current->onShutdown(...));
        Output::install(self::$current->channel);
    }

    public static function current(): self
    {
        return self::$current;
    }

    /** Ends the process at once, without the rest of what PHP does at its end where that is possible. */
    public function leave(int $status): never
    {
        $this->isLeaving = true;
        exit($status);
    }

    /** Serves calls. Returns true when the caller must load `wantedFile` in the global scope, and call again. */
    public function run(): bool
    {
        try {
            if ($this->running !== null && !$this->isLoading) {
                $this->runCall($this->running);
            }
            while (true) {
                $frame = $this->backlog === [] ? $this->channel->read() : array_shift($this->backlog);
                if ($frame === null) {
                    $this->leave(0);
                }
                if ($this->onFrame($frame[0], $frame[1])) {
                    return true;
                }
            }
        } catch (ProtocolError $error) {
            fwrite(STDERR, 'ProtocolError: ' . $error->getMessage() . "\n");
            $this->leave(70);
        }
    }

    public function wantedFile(): string
    {
        return $this->running->handler->file;
    }

    public function onLoaded(mixed $value): void
    {
        $call = $this->running;
        $this->values[$call->handler->file] = $value;
        $this->isLoading = false;
        // PHP holds on to what it wrote to as long as it likes
        $this->logPrinted();
    }

    public function onLoadFailed(\Throwable $error): void
    {
        $call = $this->running;
        $this->logPrinted();
        $this->channel->add(...Failure::toFrame($call->id, $error, true));
        $this->isLoading = false;
        $this->running = null;
        // half of what the file declares may be there: only a fresh process can load it again
        $this->sayBye();
        $this->leave(0);
    }

    /** @param array<string, string|list<string>> $headers */
    public static function toHeader(string $kind, int $id, int $status, array $headers, int $tookMs = 0): string
    {
        $type = $headers['content-type'] ?? null;
        // most answers have no header but their content type: its text is made once
        if (is_string($type) && count($headers) === 1 && count(self::$fields) < 1000) {
            $fields = self::$fields[$type] ??= json_encode($headers, JSON_FLAGS);
        } else {
            $fields = $headers === [] ? '{}' : json_encode($headers, JSON_FLAGS);
        }
        return '{"k":"' . $kind . '","i":' . $id . ',"s":' . $status . ',"h":' . $fields
            . ($tookMs > 0 ? ',"t":' . $tookMs . '}' : '}');
    }

    /**
     * @param array<string, mixed> $header
     * @return bool whether a file must be loaded
     */
    private function onFrame(array $header, string $body): bool
    {
        switch ($header['k'] ?? null) {
            case 'call':
                return $this->onCall($header, $body);
            case 'data':
            case 'end':
                return $this->onPiece($header, $body);
            case 'cancel':
                $this->onCancel($header['i']);
                return false;
            case 'load':
                $this->handlers[$header['f']] = new Handler($header);
                return false;
            case 'hello':
                Failure::$root = $header['root'];
                $this->channel->add('{"k":"ready","v":' . VERSION . ',"language":"php","version":"' . PHP_VERSION . '","times":true}');
                return false;
            case 'check':
                $this->onCheck($header['i'], $this->handlers[$header['f'] ?? -1] ?? null);
                return false;
            case 'reload':
                // the server reloads by fresh processes
                $this->channel->add('{"k":"done","i":' . $header['i'] . '}');
                return false;
            default:
                return false;
        }
    }

    private function onCheck(int $id, ?Handler $handler): void
    {
        $fault = $handler === null ? null : find_syntax_fault($handler->file);
        $this->channel->add(...($fault === null ? ['{"k":"done","i":' . $id . '}'] : Failure::toSyntaxFrame($id, $fault)));
    }

    private function onCall(array $header, string $body): bool
    {
        $handler = $this->handlers[$header['f'] ?? -1] ?? null;
        if ($handler === null) {
            throw new ProtocolError('a call of a function that was not loaded');
        }
        $call = new Call($header['i'], $handler, $header['e'] ?? [], $header['p'] ?? []);
        $call->body = $body;
        if ($header['more'] ?? false) {
            $this->partial[$call->id] = $call;
            return false;
        }
        return $this->begin($call);
    }

    private function onPiece(array $header, string $body): bool
    {
        // after a cancel they may still be on their way
        $call = $this->partial[$header['i']] ?? null;
        if ($call === null) {
            return false;
        }
        $call->body .= $body;
        if ($header['k'] === 'data') {
            return false;
        }
        unset($this->partial[$call->id]);
        return $this->begin($call);
    }

    private function onCancel(int $id): void
    {
        if (isset($this->partial[$id])) {
            unset($this->partial[$id]);
            $this->channel->add(...Failure::toFrame($id, new AnswerInvalid('the client went away')));
        }
    }

    private function begin(Call $call): bool
    {
        $this->running = $call;
        $handler = $call->handler;
        $isLoaded = array_key_exists($handler->file, $this->values);
        $this->beganAt = microtime(true);
        if (!$handler->isQuick || $this->beganAt - $this->flushedAt > self::FLUSH_SECONDS) {
            $this->channel->flush();
            $this->flushedAt = $this->beganAt;
        }
        $this->showEnv($handler->env);
        Response::begin();
        Output::begin($call->requestId());
        error_clear_last();
        if (!$isLoaded) {
            $this->isLoading = true;
            $this->loadPackages();
            return $this->running !== null;
        }
        $this->runCall($call);
        return false;
    }

    private function loadPackages(): void
    {
        if ($this->autoload === '') {
            return;
        }
        try {
            require_once $this->autoload;
        } catch (\Throwable $error) {
            $this->onLoadFailed($error);
        }
    }

    private function runCall(Call $call): void
    {
        try {
            $call->handler->find($this->values[$call->handler->file]);
            $call->completeEvent();
            $this->answer($call, $call->handler->invoke($call));
        } catch (\Throwable $error) {
            $this->logPrinted();
            $this->channel->add(...Failure::toFrame($call->id, $error));
        }
        $this->running = null;
        $call->handler->noteTime(microtime(true) - $this->beganAt);
    }

    private function answer(Call $call, mixed $value): void
    {
        $answer = Answer::from($value, Response::current());
        if ($answer->isStream()) {
            $value = null;
            $this->logPrinted();
            $onWait = fn () => $this->waitForClient($call);
            (new Streamer($this->channel, $call, $answer, $onWait, $this->logPrinted(...)))->run();
            $this->logPrinted();
            return;
        }
        $printed = Output::take();
        if ($printed !== '' && $value === null) {
            $answer = Answer::from($printed, Response::current());
        } elseif ($printed !== '') {
            Output::log('out', $printed);
        }
        $this->addAnswer($call, $answer);
    }

    private function addAnswer(Call $call, Answer $answer): void
    {
        $tookMs = (int) ((microtime(true) - $this->beganAt) * 1000);
        $header = self::toHeader('answer', $call->id, $answer->status, $answer->headers, $tookMs);
        $this->channel->add($header, $answer->takeBody());
    }

    /** Reads one frame while a stream goes on; what is not of the stream waits its turn. */
    private function waitForClient(Call $call): void
    {
        $frame = $this->channel->read();
        if ($frame === null) {
            $this->leave(0);
        }
        [$header] = $frame;
        $isOfCall = ($header['i'] ?? null) === $call->id;
        if ($isOfCall && $header['k'] === 'ack') {
            $call->ahead -= $header['n'];
        } elseif ($isOfCall && $header['k'] === 'cancel') {
            $call->isCancelled = true;
        } else {
            $this->backlog[] = $frame;
        }
    }

    private function logPrinted(): void
    {
        $printed = Output::take();
        if ($printed !== '') {
            Output::log('out', $printed);
        }
    }

    /**
     * The function's own variables, where PHP programs look for them: getenv, $_ENV, $_SERVER, and child processes.
     *
     * @param array<string, string> $env
     */
    private function showEnv(array $env): void
    {
        if ($env === $this->env) {
            return;
        }
        foreach (array_keys($this->env) as $name) {
            $this->setVariable($name, $this->hidden[$name]);
        }
        $this->hidden = [];
        foreach ($env as $name => $value) {
            $this->hidden[$name] = getenv($name);
            $this->setVariable($name, $value);
        }
        $this->env = $env;
    }

    private function setVariable(string $name, string|false $value): void
    {
        if ($value === false) {
            putenv($name);
            unset($_ENV[$name], $_SERVER[$name]);
            return;
        }
        putenv("$name=$value");
        $_ENV[$name] = $value;
        $_SERVER[$name] = $value;
    }

    /** PHP ends: after a fault it does not survive, or because a handler called exit(). */
    private function onShutdown(): void
    {
        $this->reserve = '';
        if ($this->isLeaving) {
            return;
        }
        $call = $this->running;
        if ($call !== null) {
            $this->running = null;
            $this->answerAtEnd($call);
        }
        $this->sayBye();
    }

    /** The answer of a call that PHP did not return from. */
    private function answerAtEnd(Call $call): void
    {
        $last = error_get_last();
        if ($last !== null && ($last['type'] & self::FATAL) !== 0) {
            $this->logPrinted();
            $this->channel->add(...Failure::toFatalFrame($call->id, $last, $this->isLoading));
            return;
        }
        $response = Response::current();
        $printed = Output::take();
        // `header('Location: /x'); exit;` is how PHP programs answer
        if (!$this->isLoading && !$response->isSent && ($printed !== '' || $response->isTouched())) {
            $answer = Answer::from($printed === '' ? null : $printed, $response);
            $this->addAnswer($call, $answer);
            return;
        }
        if ($printed !== '') {
            Output::log('out', $printed);
        }
        $this->channel->add(...Failure::toExitFrame($call->id, $this->isLoading));
    }

    /** Says that what this process has not answered it has not begun, either: others can. */
    private function sayBye(): void
    {
        $this->isLeaving = true;
        $this->channel->add('{"k":"bye"}');
        $this->channel->flush();
    }
}
