<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** What went wrong, as a `fail` frame: code, message, place in the user's code, traceback. */
final class Failure
{
    public static string $root = '';

    /** @return array{string, string} header text and body */
    public static function toFrame(int $id, \Throwable $error, bool $isLoading = false): array
    {
        $code = self::toCode($error, $isLoading);
        $isPlain = $error instanceof AnswerInvalid || $error instanceof HandlerMissing;
        $message = $isPlain || $error instanceof \ParseError
            ? $error->getMessage()
            : self::toLine($error);
        $place = $isPlain ? [] : self::toPlace($error);
        return [self::toHeader($id, $code, $message, $place), $isPlain ? '' : self::toTraceback($error)];
    }

    /**
     * For faults that end PHP itself.
     *
     * @param array{type: int, message: string, file: string, line: int} $last of error_get_last
     * @return array{string, string}
     */
    public static function toFatalFrame(int $id, array $last, bool $isLoading): array
    {
        $code = $isLoading ? 'TREEWAY_LOAD_FAILED' : 'TREEWAY_HANDLER_FAILED';
        // of an exception nobody caught it is a whole traceback
        $message = strtok($last['message'], "\n");
        $text = 'PHP Fatal error: ' . $last['message'] . ' in ' . $last['file'] . ':' . $last['line'];
        $place = ['file' => $last['file'], 'line' => $last['line']];
        return [self::toHeader($id, $code, "Error: $message", $place), $text];
    }

    /**
     * @param array{file: string, message: string, line: int} $fault
     * @return array{string, string}
     */
    public static function toSyntaxFrame(int $id, array $fault): array
    {
        $place = ['file' => $fault['file'], 'line' => $fault['line']];
        return [self::toHeader($id, 'TREEWAY_SYNTAX', $fault['message'], $place), ''];
    }

    /** @return array{string, string} */
    public static function toExitFrame(int $id, bool $isLoading): array
    {
        $code = $isLoading ? 'TREEWAY_LOAD_FAILED' : 'TREEWAY_HANDLER_FAILED';
        $message = ($isLoading ? 'the file' : 'the handler') . ' called exit() and answered nothing';
        return [self::toHeader($id, $code, $message, []), ''];
    }

    /** The path below the project's directory. */
    public static function toName(string $file): string
    {
        return str_starts_with($file, self::$root . '/') ? substr($file, strlen(self::$root) + 1) : $file;
    }

    private static function toCode(\Throwable $error, bool $isLoading): string
    {
        return match (true) {
            $error instanceof AnswerInvalid => 'TREEWAY_ANSWER_INVALID',
            $error instanceof HandlerMissing => 'TREEWAY_EXPORT_MISSING',
            $isLoading && $error instanceof \ParseError => 'TREEWAY_SYNTAX',
            $isLoading => 'TREEWAY_LOAD_FAILED',
            default => 'TREEWAY_HANDLER_FAILED',
        };
    }

    /** @param array<string, mixed> $place */
    private static function toHeader(int $id, string $code, string $message, array $place): string
    {
        $header = ['k' => 'fail', 'i' => $id, 'c' => $code, 'm' => $message, ...$place];
        return json_encode($header, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }

    private static function toLine(\Throwable $error): string
    {
        $name = str_replace('\\', '.', $error::class);
        return $error->getMessage() === '' ? $name : "$name: " . strtok($error->getMessage(), "\n");
    }

    /** @return array<string, mixed> innermost place in the user's own code */
    private static function toPlace(\Throwable $error): array
    {
        $first = ['file' => $error->getFile(), 'line' => $error->getLine()];
        foreach ([$first, ...$error->getTrace()] as $frame) {
            if (isset($frame['file']) && self::isOwn($frame['file'])) {
                return ['file' => $frame['file'], 'line' => $frame['line']];
            }
        }
        return self::isWorker($first['file']) ? [] : $first;
    }

    private static function isOwn(string $file): bool
    {
        return str_starts_with($file, self::$root . '/')
            && !str_contains($file, '/vendor/')
            && !str_contains($file, '/.treeway/')
            && !self::isWorker($file);
    }

    private static function isWorker(string $file): bool
    {
        return str_starts_with($file, dirname(__DIR__) . '/');
    }

    private static function toTraceback(\Throwable $error): string
    {
        $lines = [];
        for ($one = $error; $one !== null; $one = $one->getPrevious()) {
            $lines[] = ($one === $error ? '' : 'Caused by ') . $one::class . ': ' . $one->getMessage();
            $at = self::isWorker($one->getFile()) ? [] : [['file' => $one->getFile(), 'line' => $one->getLine()]];
            // a frame's file and line are where its function was called; the function's own name is the caller's frame
            $trace = $one->getTrace();
            foreach ([...$at, ...$trace] as $index => $frame) {
                if (!isset($frame['file']) || self::isWorker($frame['file'])) {
                    continue;
                }
                $lines[] = '    at ' . self::toFunction($trace[$index - count($at) + 1] ?? null) . $frame['file'] . ':' . $frame['line'];
            }
        }
        return implode("\n", $lines);
    }

    private static function toFunction(?array $frame): string
    {
        $name = ($frame['class'] ?? '') . ($frame['type'] ?? '') . ($frame['function'] ?? '');
        return $name === '' || $name === 'require' || str_starts_with($name, 'Treeway\\Worker\\') ? '' : "$name ";
    }
}
