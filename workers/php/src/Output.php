<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** What handlers print: the answer of a handler that returns nothing, else log lines with the request's id. */
final class Output
{
    private static Channel $channel;
    private static ?string $requestId = null;
    private static string $printed = '';

    public static function install(Channel $channel): void
    {
        self::$channel = $channel;
        self::catchPrinted();
        set_error_handler(self::onError(...));
    }

    public static function begin(?string $requestId): void
    {
        self::$requestId = $requestId;
        self::$printed = '';
        if (ob_get_level() === 0) {
            self::catchPrinted();
        }
    }

    /** Takes what was printed since `begin` or the last call. */
    public static function take(): string
    {
        while (ob_get_level() > 1) {
            ob_end_flush();
        }
        // false: the handler has ended our own buffer
        if ((int) ob_get_length() > 0) {
            ob_flush();
        }
        $printed = self::$printed;
        self::$printed = '';
        return $printed;
    }

    /** Sends each line of a text as a log line. */
    public static function log(string $stream, string $text): void
    {
        $id = self::$requestId === null ? '' : ',"r":' . json_encode(self::$requestId, JSON_INVALID_UTF8_SUBSTITUTE);
        $header = '{"k":"log"' . $id . ',"o":"' . $stream . '"}';
        foreach (preg_split('/\r\n|\n|\r/', $text) as $line) {
            if (trim($line) !== '') {
                self::$channel->add($header, is_utf8($line) ? $line : from_latin1($line));
            }
        }
    }

    /** A buffer that can be flushed by handlers, and gives nothing to descriptor 1. */
    private static function catchPrinted(): void
    {
        ob_start(static function (string $text, int $phase): string {
            if (($phase & PHP_OUTPUT_HANDLER_CLEAN) === 0) {
                self::$printed .= $text;
            }
            return '';
        });
    }

    /** Warnings and notices are log lines; they stop nothing. */
    private static function onError(int $level, string $message, string $file, int $line): bool
    {
        if ((error_reporting() & $level) === 0) {
            return true;
        }
        $name = match ($level) {
            E_WARNING, E_USER_WARNING => 'Warning',
            E_NOTICE, E_USER_NOTICE => 'Notice',
            E_DEPRECATED, E_USER_DEPRECATED => 'Deprecated',
            default => 'Error',
        };
        if ($level === E_USER_ERROR || $level === E_RECOVERABLE_ERROR) {
            throw new \ErrorException($message, 0, $level, $file, $line);
        }
        self::log('err', "PHP $name: $message in " . Failure::toName($file) . ":$line");
        return true;
    }
}
