use crate::stage::Stage;

#[test]
fn show() {
    for (w, h) in [(120, 40), (80, 24), (62, 17), (40, 10)] {
        let mut stage = Stage::at(640, w, h);
        stage.press("right").frames(1);
        println!("{}", stage.text());
    }
}
