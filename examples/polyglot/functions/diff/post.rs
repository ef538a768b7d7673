use serde_json::{json, Error, Value};

/// What to do to the first text, line by line, to get the second.
pub fn handler(event: Value) -> Result<Value, Error> {
    let asked: Value = serde_json::from_str(event["body"].as_str().unwrap_or_default())?;
    let before = lines(&asked["before"]);
    let after = lines(&asked["after"]);
    let steps = compare(&before, &after);
    let distance = steps.iter().filter(|step| !step.starts_with(' ')).count();
    Ok(json!({ "distance": distance, "steps": steps }))
}

fn lines(text: &Value) -> Vec<&str> {
    text.as_str().unwrap_or_default().lines().collect()
}

/// Walks both texts along their longest common subsequence.
fn compare(before: &[&str], after: &[&str]) -> Vec<String> {
    let common = common_lengths(before, after);
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            steps.push(format!("  {}", before[i]));
            i += 1;
            j += 1;
        } else if j == after.len() || (i < before.len() && common[i + 1][j] >= common[i][j + 1]) {
            steps.push(format!("- {}", before[i]));
            i += 1;
        } else {
            steps.push(format!("+ {}", after[j]));
            j += 1;
        }
    }
    steps
}

/// `common[i][j]`: how many lines `before[i..]` and `after[j..]` have in common, in order.
fn common_lengths(before: &[&str], after: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; after.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            common[i][j] = match before[i] == after[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    common
}
