<?php

function handler(array $event): array
{
    return ['status' => 200, 'body' => ['hello' => 'world']];
}
