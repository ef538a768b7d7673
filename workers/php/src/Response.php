<?php

declare(strict_types=1);

namespace Treeway\Worker;

/**
 * What header(), http_response_code() and setcookie() set for the running call. php-cli has these functions and forgets
 * what they were given; so the server starts it without them, and functions.php declares ours.
 */
final class Response
{
    private static self $current;

    public ?int $status = null;

    /** @var array<string, list<string>> by lower-case name */
    public array $headers = [];
    public bool $isSent = false;

    public static function begin(): self
    {
        return self::$current = new self();
    }

    public static function current(): self
    {
        return self::$current ??= new self();
    }

    public function isTouched(): bool
    {
        return $this->status !== null || $this->headers !== [];
    }

    public function add(string $line, bool $replace, int $status): void
    {
        if (strpbrk($line, "\r\n\0") !== false) {
            trigger_error('Header may not contain more than a single header, new line detected', E_USER_WARNING);
            return;
        }
        if (preg_match('#\AHTTP/[\d.]+ (\d{3})#i', $line, $match) === 1) {
            $this->status = (int) $match[1];
            return;
        }
        $parts = explode(':', $line, 2);
        $name = strtolower(trim($parts[0]));
        if ($name === '' || count($parts) < 2) {
            return;
        }
        $value = trim($parts[1]);
        $this->headers[$name] = $replace ? [$value] : [...($this->headers[$name] ?? []), $value];
        if ($name === 'location' && $this->status !== 201 && intdiv($this->status ?? 200, 100) !== 3) {
            $this->status = 302;
        }
        if ($status > 0) {
            $this->status = $status;
        }
    }

    public function remove(?string $name): void
    {
        if ($name === null) {
            $this->headers = [];
        } else {
            unset($this->headers[strtolower($name)]);
        }
    }

    /** @return list<string> */
    public function toLines(): array
    {
        $lines = [];
        foreach ($this->headers as $name => $values) {
            foreach ($values as $value) {
                $lines[] = ucwords($name, '-') . ": $value";
            }
        }
        return $lines;
    }
}
