<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** The socket to the server: frames in, frames out. */
final class Channel
{
    private const READ_BYTES = 256 * 1024;
    private const WRITE_BYTES = 256 * 1024;

    /** @var resource */
    private $stream;
    private readonly FrameReader $reader;
    private string $waiting = '';

    public function __construct(int $fd)
    {
        $stream = fopen("php://fd/$fd", 'r+');
        if ($stream === false) {
            exit(70);
        }
        stream_set_read_buffer($stream, 0);
        stream_set_write_buffer($stream, 0);
        $this->stream = $stream;
        $this->reader = new FrameReader();
    }

    /**
     * The next frame, waited for. Null: the server is gone. Answers are written before it would wait.
     *
     * @return array{array<string, mixed>, string}|null
     */
    public function read(): ?array
    {
        while (($frame = $this->reader->next()) === null) {
            $this->flush();
            // a signal or a reset look like the end, and mean no more
            $chunk = @fread($this->stream, self::READ_BYTES);
            if ($chunk === false || $chunk === '') {
                return null;
            }
            $this->reader->push($chunk);
        }
        return $frame;
    }

    /** Whether `read` would not wait long: something has come. */
    public function hasInput(): bool
    {
        if ($this->reader->hasMore()) {
            return true;
        }
        $read = [$this->stream];
        $none = null;
        return @stream_select($read, $none, $none, 0) === 1;
    }

    /** Keeps a frame for the next flush. `$header` is JSON text. */
    public function add(string $header, string $body = ''): void
    {
        $this->waiting .= pack('NN', strlen($header), strlen($body)) . $header;
        if (strlen($body) > self::WRITE_BYTES) {
            // not copied
            $this->flush();
            $this->write($body);
            return;
        }
        $this->waiting .= $body;
        if (strlen($this->waiting) > self::WRITE_BYTES) {
            $this->flush();
        }
    }

    public function flush(): void
    {
        if ($this->waiting === '') {
            return;
        }
        $bytes = $this->waiting;
        $this->waiting = '';
        $this->write($bytes);
    }

    private function write(string $bytes): void
    {
        if (@fwrite($this->stream, $bytes) !== strlen($bytes)) {
            // the server is gone, and nobody is left to tell
            Worker::current()->leave(0);
        }
    }
}
