<?php

/** What a handler returned becomes status, headers and body: docs/worker-protocol.md, "Answer rules". */

declare(strict_types=1);

namespace Treeway\Worker;

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const JSON = 'application/json; charset=utf-8';
const BYTES = 'application/octet-stream';
const JSON_FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_THROW_ON_ERROR;

/** The handler returned something that can not be sent. */
final class AnswerInvalid extends \Exception
{
}

final class Answer
{
    private const ENVELOPE_KEYS = [
        'status' => 1, 'statusCode' => 1, 'headers' => 1, 'body' => 1,
        'is_base64' => 1, 'isBase64Encoded' => 1, 'body_base64' => 1,
    ];
    private const DROPPED_HEADERS = ['connection' => 1, 'transfer-encoding' => 1, 'keep-alive' => 1];

    /** @param array<string, string|list<string>> $headers */
    private function __construct(
        public readonly int $status,
        public array $headers,
        private string|\Iterator $body
    ) {
    }

    /** The bytes, or what gives them piece by piece. The answer lets go of it: a generator ends with its last holder. */
    public function takeBody(): string|\Iterator
    {
        $body = $this->body;
        $this->body = '';
        return $body;
    }

    public function isStream(): bool
    {
        return !is_string($this->body);
    }

    /**
     * `$response` has what header() and http_response_code() set: the envelope's own come before it.
     */
    public static function from(mixed $value, ?Response $response = null): self
    {
        if (is_object($value)) {
            $value = self::fromResponseObject($value);
        }
        if ($value instanceof \stdClass && self::isEnvelope((array) $value)) {
            $value = (array) $value;
        }
        if (is_array($value) && self::isEnvelope($value)) {
            return self::fromEnvelope($value, $response);
        }
        return self::fromParts($value, $response?->status ?? 200, null, $response);
    }

    private static function isEnvelope(array $value): bool
    {
        if (is_int($value['status'] ?? $value['statusCode'] ?? null)) {
            return true;
        }
        if ($value === [] || array_diff_key($value, self::ENVELOPE_KEYS) !== []) {
            return false;
        }
        return array_key_exists('body', $value)
            || isset($value['body_base64'])
            || is_array($value['headers'] ?? null);
    }

    private static function fromEnvelope(array $value, ?Response $response): self
    {
        $body = $value['body'] ?? null;
        $encoded = $value['body_base64'] ?? null;
        if ($encoded === null && (($value['is_base64'] ?? false) || ($value['isBase64Encoded'] ?? false))) {
            $encoded = $body ?? '';
        }
        $status = $value['status'] ?? $value['statusCode'] ?? $response?->status ?? 200;
        if ($encoded === null) {
            return self::fromParts($body, $status, $value['headers'] ?? null, $response);
        }
        return self::fromParts(self::decodeBase64($encoded), $status, $value['headers'] ?? null, $response, BYTES);
    }

    private static function fromParts(
        mixed $body,
        mixed $status,
        mixed $headers,
        ?Response $response,
        ?string $type = null
    ): self {
        if (!is_int($status) || $status < 200 || $status > 599) {
            throw new AnswerInvalid('status must be a whole number from 200 to 599, received ' . self::show($status));
        }
        [$data, $ownType] = self::toBody($body);
        $isStream = !is_string($data);
        $kept = $headers === null ? [] : self::toHeaders($headers, $isStream);
        if ($response !== null && $response->headers !== []) {
            $kept += self::toHeaders($response->headers, $isStream);
        }
        $type ??= $ownType;
        if ($type !== null && !isset($kept['content-type'])) {
            $kept['content-type'] = $type;
        }
        return new self($status, $kept, $data);
    }

    /** Objects of PSR-7 and of Symfony become an envelope; any other stays what it is. */
    private static function fromResponseObject(object $value): mixed
    {
        if (!method_exists($value, 'getStatusCode')) {
            return $value;
        }
        if (method_exists($value, 'getHeaders') && method_exists($value, 'getBody')) {
            $body = (string) $value->getBody();
            return ['status' => $value->getStatusCode(), 'headers' => $value->getHeaders(), 'body' => $body];
        }
        if (isset($value->headers) && method_exists($value, 'getContent')) {
            $headers = $value->headers->all();
            return ['status' => $value->getStatusCode(), 'headers' => $headers, 'body' => (string) $value->getContent()];
        }
        return $value;
    }

    /** @return array<string, string|list<string>> */
    private static function toHeaders(mixed $headers, bool $isStream): array
    {
        if ($headers instanceof \stdClass || $headers instanceof \Traversable) {
            $headers = $headers instanceof \Traversable ? iterator_to_array($headers) : (array) $headers;
        }
        if (!is_array($headers)) {
            throw new AnswerInvalid('headers must be an array, received ' . self::show($headers));
        }
        $kept = [];
        foreach ($headers as $name => $value) {
            $name = strtolower((string) $name);
            if ($name === '' || strpbrk($name, "\r\n\0") !== false) {
                throw new AnswerInvalid(self::show($name) . ' is not the name of a header');
            }
            if ($value === null || isset(self::DROPPED_HEADERS[$name]) || ($name === 'content-length' && !$isStream)) {
                continue;
            }
            $text = is_array($value) && array_is_list($value)
                ? array_map(static fn (mixed $one): string => self::toHeaderValue($name, $one), $value)
                : self::toHeaderValue($name, $value);
            $kept[$name] = isset($kept[$name]) ? array_merge((array) $kept[$name], (array) $text) : $text;
        }
        return $kept;
    }

    private static function toHeaderValue(string $name, mixed $value): string
    {
        if (is_bool($value)) {
            return $value ? 'true' : 'false';
        }
        if (!is_string($value) && !is_int($value) && !is_float($value) && !$value instanceof \Stringable) {
            throw new AnswerInvalid("the header $name must be text or a list of texts, received " . self::show($value));
        }
        $text = (string) $value;
        if (strpbrk($text, "\r\n\0") !== false) {
            throw new AnswerInvalid("the header $name holds a line break or NUL: " . self::show($text));
        }
        // header bytes travel in JSON; what is no UTF-8 is read as the Latin-1 that HTTP had
        return is_utf8($text) ? $text : from_latin1($text);
    }

    /** @return array{string|\Iterator, string|null} bytes or a stream, and its content type */
    private static function toBody(mixed $value): array
    {
        return match (true) {
            is_string($value) => [$value, self::toTextType($value)],
            is_array($value), is_bool($value) => [self::toJson($value), JSON],
            $value === null => ['', null],
            is_int($value), is_float($value) => [self::toJson($value), TEXT],
            is_resource($value) => [self::readPieces($value), null],
            $value instanceof \Iterator => [$value, null],
            $value instanceof \Traversable && !$value instanceof \JsonSerializable
                => [self::toJson(iterator_to_array($value)), JSON],
            $value instanceof \Stringable && !$value instanceof \JsonSerializable
                => [(string) $value, self::toTextType((string) $value)],
            default => [self::toJson($value), JSON],
        };
    }

    private static function toTextType(string $text): string
    {
        if (!is_utf8($text)) {
            return BYTES;
        }
        return preg_match('/\A\s*<(?:!doctype\s+html|html)/i', $text) === 1 ? HTML : TEXT;
    }

    /** An open file is sent in blocks. */
    private static function readPieces(mixed $file): \Generator
    {
        try {
            while (!feof($file)) {
                $piece = fread($file, PIECE_BYTES);
                if ($piece !== false && $piece !== '') {
                    yield $piece;
                }
            }
        } finally {
            fclose($file);
        }
    }

    private static function decodeBase64(mixed $text): string
    {
        $bytes = is_string($text) ? base64_decode($text, true) : false;
        if ($bytes === false) {
            throw new AnswerInvalid('the body is not base64: ' . self::show($text));
        }
        return $bytes;
    }

    private static function toJson(mixed $value): string
    {
        try {
            $json = json_encode($value, JSON_FLAGS);
        } catch (\JsonException $error) {
            throw new AnswerInvalid('JSON can not say it: ' . $error->getMessage());
        }
        // json_encode writes a function as {}
        if (str_contains($json, '{}')) {
            self::refuseFunctions($value);
        }
        return $json;
    }

    private static function refuseFunctions(mixed $value): void
    {
        if ($value instanceof \Closure) {
            throw new AnswerInvalid('JSON can not say it: a function (Closure)');
        }
        if (is_array($value) || $value instanceof \stdClass) {
            foreach ((array) $value as $one) {
                self::refuseFunctions($one);
            }
        }
    }

    private static function show(mixed $value): string
    {
        $text = is_scalar($value) ? json_encode($value, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES) : false;
        return $text === false ? get_debug_type($value) : substr($text, 0, 100);
    }
}

function is_utf8(string $text): bool
{
    return preg_match('//u', $text) === 1;
}

function from_latin1(string $text): string
{
    $toUtf8 = static fn (array $m): string => chr(0xC0 | ord($m[0]) >> 6) . chr(0x80 | ord($m[0]) & 0x3F);
    return preg_replace_callback('/[\x80-\xff]/', $toUtf8, $text) ?? '';
}
