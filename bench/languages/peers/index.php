<?php

declare(strict_types=1);

function is_texts(mixed $value): bool
{
    return is_array($value) && array_is_list($value) && array_filter($value, 'is_string') === $value;
}

function is_order(mixed $value): bool
{
    return is_array($value) && is_int($value['id'] ?? null) && is_string($value['name'] ?? null)
        && is_texts($value['tags'] ?? null) && is_texts($value['notes'] ?? null);
}

function send(int $status, mixed $value): void
{
    $text = json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    http_response_code($status);
    header('Content-Type: application/json');
    // else nginx would send it in chunks, and the rig counts bytes
    header('Content-Length: ' . strlen($text));
    echo $text;
}

if ($_SERVER['REQUEST_URI'] === '/hello') {
    send(200, ['hello' => 'world']);
} elseif ($_SERVER['REQUEST_URI'] === '/echo') {
    $order = json_decode(file_get_contents('php://input'), true);
    is_order($order) ? send(200, $order) : send(400, ['error' => 'no order']);
} else {
    send(404, ['error' => 'not found']);
}
