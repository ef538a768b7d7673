<?php

function handler(array $event): array
{
    return ['status' => 200, 'body' => json_decode($event['body'], true)];
}
