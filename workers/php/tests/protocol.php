<?php

/** Golden vectors, the answer rules, and random bytes. Run: php workers/php/tests/protocol.php */

declare(strict_types=1);

namespace Treeway\Worker;

foreach (['Frames', 'Channel', 'Answer', 'Failure', 'Output', 'Response', 'Call', 'Handler', 'Streamer', 'Worker'] as $name) {
    require __DIR__ . "/../src/$name.php";
}

const MAIN = __DIR__ . '/../main.php';

$vectors = readShared('vectors.json');
$failures = [];
foreach (get_defined_functions()['user'] as $function) {
    if (!str_starts_with($function, 'treeway\\worker\\test_')) {
        continue;
    }
    try {
        $function($vectors);
        echo 'ok ' . substr($function, strlen('treeway\\worker\\test_')) . "\n";
    } catch (\Throwable $error) {
        $failures[] = $error;
        echo "not ok $function: $error\n";
    }
}
exit($failures === [] ? 0 : 1);

function test_every_frame_decodes_and_encodes(array $vectors): void
{
    foreach ($vectors['frames'] as $vector) {
        $bytes = hex2bin($vector['frameHex']);
        $body = hex2bin($vector['bodyHex']);
        same([[$vector['header'], $body]], decode([$bytes]), $vector['name']);
        same($bytes, encode_frame($vector['headerText'], $body), $vector['name']);
    }
}

function test_byte_by_byte_and_in_random_pieces_they_are_the_same(array $vectors): void
{
    $bytes = implode('', array_map(static fn (array $vector): string => hex2bin($vector['frameHex']), $vectors['frames']));
    $whole = decode([$bytes]);
    same(count($vectors['frames']), count($whole), 'frames');
    same($whole, decode(str_split($bytes)), 'byte by byte');
    for ($round = 0; $round < 20; $round++) {
        $pieces = [];
        for ($start = 0; $start < strlen($bytes); $start += $size) {
            $size = random_int(1, 3000);
            $pieces[] = substr($bytes, $start, $size);
        }
        same($whole, decode($pieces), 'in pieces');
    }
}

function test_what_is_no_frame_is_refused(array $vectors): void
{
    foreach ($vectors['invalid'] as $vector) {
        throws(ProtocolError::class, static fn () => decode([hex2bin($vector['hex'])]), $vector['name']);
    }
}

function test_random_bytes_are_refused_or_waited_for(): void
{
    for ($round = 0; $round < 3000; $round++) {
        try {
            decode([random_bytes(random_int(1, 100)), random_bytes(random_int(1, 100))]);
        } catch (ProtocolError) {
        }
    }
}

function test_text_stays_text_and_bytes_become_base64(array $vectors): void
{
    foreach ($vectors['requestBodies'] as $vector) {
        $call = new Call(1, new Handler(['file' => '/x.php']), [], []);
        $call->body = hex2bin($vector['hex']);
        $call->completeEvent();
        same($vector['body'] ?? null, $call->event['body'] ?? null, $vector['name']);
        same($vector['is_base64'] ?? false, $call->event['is_base64'] ?? false, $vector['name']);
    }
}

function test_the_answer_rules_all_languages_share(): void
{
    foreach (readShared('answers.json')['cases'] as $case) {
        if (isset($case['code'])) {
            throws(AnswerInvalid::class, static fn () => Answer::from($case['value']), $case['name']);
            continue;
        }
        $answer = Answer::from($case['value']);
        ksort($answer->headers);
        ksort($case['headers']);
        same([$case['status'], $case['headers']], [$answer->status, $answer->headers], $case['name']);
        $body = $answer->takeBody();
        if (isset($case['bodyJson'])) {
            same($case['bodyJson'], json_decode($body, true), $case['name']);
        } else {
            same(isset($case['bodyHex']) ? hex2bin($case['bodyHex']) : $case['body'], $body, $case['name']);
        }
    }
}

function test_what_json_can_not_say_is_an_invalid_answer(): void
{
    $endless = [];
    $endless[] = &$endless;
    $values = [['f' => strlen(...)], strlen(...), $endless, ['n' => NAN], ['s' => "\xff"], ['r' => STDIN], ['body' => ['f' => strlen(...)]]];
    foreach ($values as $index => $value) {
        throws(AnswerInvalid::class, static fn () => Answer::from($value), "value $index");
    }
}

function test_strings_that_are_no_text_are_bytes(): void
{
    same(['content-type' => BYTES], Answer::from("\xff\x00")->headers, 'bytes');
}

function test_generators_iterators_and_files_stream(): void
{
    $generate = static fn () => yield 'a';
    foreach ([$generate(), new \ArrayIterator(['x']), fopen(__FILE__, 'r'), ['body' => $generate()]] as $value) {
        same(true, Answer::from($value)->isStream(), get_debug_type($value));
    }
}

function test_it_says_ready_and_ends_with_its_channel(): void
{
    [$process, $channel] = start();
    fwrite($channel, encode_frame(json_encode(['k' => 'hello', 'v' => 1, 'root' => __DIR__, 'state' => __DIR__])));
    [[$header]] = decode([fread($channel, 65536)]);
    same(['ready', 1, 'php'], [$header['k'], $header['v'], $header['language']], 'ready');
    // shut rather than closed: the child may have inherited this end as well
    stream_socket_shutdown($channel, STREAM_SHUT_RDWR);
    same(0, proc_close($process), 'status');
}

function test_it_ends_with_status_70_at_bytes_that_are_no_frame(): void
{
    foreach (["GET / HTTP/1.1\r\n\r\n", str_repeat("\xff", 8), encode_frame('[1]')] as $bytes) {
        [$process, $channel] = start();
        fwrite($channel, $bytes);
        same('', stream_get_contents($channel), 'nothing is answered');
        same(70, proc_close($process), 'status');
    }
}

function test_random_bytes_never_hang_it(): void
{
    [$process, $channel] = start();
    fwrite($channel, random_bytes(2000));
    stream_socket_shutdown($channel, STREAM_SHUT_WR);
    same(true, in_array(proc_close($process), [0, 70], true), 'status');
}

/** @return array{resource, resource} the program itself, at the end of a socket pair */
function start(): array
{
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $null = ['file', '/dev/null', 'r+'];
    $process = proc_open([PHP_BINARY, MAIN], [$null, $null, $null, $pair[1]], $pipes);
    fclose($pair[1]);
    stream_set_timeout($pair[0], 10);
    return [$process, $pair[0]];
}

function readShared(string $name): array
{
    return json_decode(file_get_contents(__DIR__ . "/../../protocol/$name"), true, 512, JSON_THROW_ON_ERROR);
}

function decode(array $pieces): array
{
    $reader = new FrameReader();
    $frames = [];
    foreach ($pieces as $piece) {
        $reader->push($piece);
        while (($frame = $reader->next()) !== null) {
            $frames[] = $frame;
        }
    }
    return $frames;
}

function same(mixed $wanted, mixed $found, string $what): void
{
    if ($wanted !== $found) {
        throw new \Exception("$what: wanted " . var_export($wanted, true) . ', found ' . var_export($found, true));
    }
}

function throws(string $class, \Closure $run, string $what): void
{
    try {
        $run();
    } catch (\Throwable $error) {
        if ($error instanceof $class) {
            return;
        }
        throw $error;
    }
    throw new \Exception("$what: no $class");
}
