<?php

function handler($event, $params)
{
    return ['message' => "Hello, {$params['name']}."];
}
