<?php

declare(strict_types=1);

const ACCENTS = 'acute|grave|circ|uml|tilde|ring|cedil|slash|caron|macr|breve|ogon|lig';

/** "Café crème" becomes "cafe-creme": HTML's names of letters say which letter is under the accent. */
function handler(array $event, array $params): array
{
    $named = htmlentities($params['text'], ENT_QUOTES | ENT_HTML5, 'UTF-8');
    $bare = preg_replace('/&([a-z]{1,2})(?:' . ACCENTS . ');/i', '$1', $named);
    $text = html_entity_decode($bare, ENT_QUOTES | ENT_HTML5, 'UTF-8');

    return ['slug' => trim(preg_replace('/[^\p{L}\p{N}]+/u', '-', strtolower($text)), '-')];
}
