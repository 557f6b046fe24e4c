//! Tasks of `M` classes: which images an episode adapts to and is judged by.

use serde::{Deserialize, Serialize};

use super::images::Images;
use crate::models::random::{Stream, below, shuffle, stream};

/// How tasks are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Classes of a task are distinct, and every task draws its images anew.
    Anew,
    /// As the published script does: classes are drawn with replacement, so that a fifth of the tasks
    /// of 5 out of 47 hold a class twice, and a class always shows the same first images.
    Original,
}

/// The classes and images that tasks may use.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Numbers of images ([`Images`]) by class, for the classes that may be used.
    classes: Vec<(u8, Vec<u32>)>,
}

/// The size of a task: `M` classes with `K` images each to adapt to and `Q` to be judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub ways: usize,
    pub shots: usize,
    pub queries: usize,
}

impl Size {
    /// Images of one class.
    pub fn of_class(&self) -> usize {
        self.shots + self.queries
    }

    /// `M K`: the online steps of an episode.
    pub fn steps(&self) -> usize {
        self.ways * self.shots
    }

    /// `M Q`.
    pub fn judged(&self) -> usize {
        self.ways * self.queries
    }
}

/// The images of one task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    pub classes: Vec<u8>,
    /// Images in the order in which they are shown.
    pub shown: Vec<u32>,
    /// Images to be judged by, class after class.
    pub judged: Vec<u32>,
}

/// Classes that training never sees: `held_out` of them, drawn from the seed.
pub fn held_out(seed: u64, classes: usize, held_out: usize) -> Vec<u8> {
    let mut order: Vec<u8> = (0..classes).map(|class| class as u8).collect();
    shuffle(&mut stream(seed, "held-out classes"), &mut order);
    order.truncate(held_out);
    order.sort_unstable();
    order
}

impl Pool {
    /// What meta-training may use: the training images of all classes but those held out.
    pub fn training(images: &Images, classes: usize, held_out: &[u8]) -> Self {
        let kept = (0..classes as u8).filter(|class| !held_out.contains(class));
        Self::of(images, kept, false)
    }

    /// What the meta-test may use: every image of the classes that were held out; with none, the test
    /// images of all classes.
    pub fn testing(images: &Images, classes: usize, held_out: &[u8]) -> Self {
        if held_out.is_empty() {
            let mut pool = Self::of(images, 0..classes as u8, true);
            let first = images.training() as u32;
            for (_, list) in &mut pool.classes {
                list.retain(|&image| image >= first);
            }
            pool
        } else {
            Self::of(images, held_out.iter().copied(), true)
        }
    }

    fn of(images: &Images, classes: impl Iterator<Item = u8>, test_too: bool) -> Self {
        let mut classes: Vec<(u8, Vec<u32>)> = classes.map(|class| (class, Vec::new())).collect();
        let count = if test_too {
            images.count()
        } else {
            images.training()
        };
        for image in 0..count {
            let label = images.label(image as u32);
            if let Some((_, list)) = classes.iter_mut().find(|(class, _)| *class == label) {
                list.push(image as u32);
            }
        }
        Self { classes }
    }

    /// Why tasks of this size cannot be drawn, if so.
    pub fn lacks(&self, size: Size) -> Option<String> {
        let fewest = self.classes.iter().map(|(_, list)| list.len()).min();
        let wanted = size.of_class();
        match fewest {
            _ if self.classes.len() < size.ways => Some(format!(
                "tasks of {} classes need more than the {} that there are",
                size.ways,
                self.classes.len()
            )),
            Some(fewest) if fewest < wanted => Some(format!(
                "tasks need {wanted} images of a class (shots and queries), but one has only {fewest}"
            )),
            _ => None,
        }
    }

    /// Draws a task of a size that the pool does not [lack](Self::lacks).
    pub fn draw(&self, stream: &mut Stream, size: Size, sampling: Sampling) -> Draw {
        let chosen: Vec<usize> = match sampling {
            Sampling::Anew => {
                let mut order: Vec<usize> = (0..self.classes.len()).collect();
                shuffle(stream, &mut order);
                order.truncate(size.ways);
                order
            }
            Sampling::Original => (0..size.ways)
                .map(|_| below(stream, self.classes.len()))
                .collect(),
        };
        let mut task = Draw {
            classes: chosen.iter().map(|&at| self.classes[at].0).collect(),
            ..Draw::default()
        };
        for &at in &chosen {
            let mut list = self.classes[at].1.clone();
            if sampling == Sampling::Anew {
                shuffle(stream, &mut list);
            }
            task.shown.extend_from_slice(&list[..size.shots]);
            task.judged
                .extend_from_slice(&list[size.shots..size.of_class()]);
        }
        shuffle(stream, &mut task.shown);
        task
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::embedded;

    const SIZE: Size = Size {
        ways: 5,
        shots: 50,
        queries: 10,
    };

    fn images() -> Images {
        Images::new(embedded::glyphs())
    }

    fn distinct(list: &[u32]) -> usize {
        let mut list = list.to_vec();
        list.sort_unstable();
        list.dedup();
        list.len()
    }

    #[test]
    fn classes_are_distinct_and_images_drawn_anew() {
        let images = images();
        let pool = Pool::training(&images, 47, &[]);
        let mut stream = stream(3, "tasks");
        let tasks: Vec<Draw> = (0..40)
            .map(|_| pool.draw(&mut stream, SIZE, Sampling::Anew))
            .collect();
        let mut seen = Vec::new();
        for task in &tasks {
            let classes: Vec<u32> = task.classes.iter().map(|&class| class.into()).collect();
            assert_eq!(distinct(&classes), 5);
            let all = [task.shown.as_slice(), &task.judged].concat();
            assert_eq!((task.shown.len(), task.judged.len()), (250, 50));
            assert_eq!(distinct(&all), 300, "no image twice in a task");
            assert!(
                all.iter()
                    .all(|&image| (image as usize) < images.training())
            );
            for (i, &image) in task.judged.iter().enumerate() {
                assert_eq!(images.label(image), task.classes[i / 10]);
            }
            seen.extend(all);
        }
        // 40 tasks of 5 classes show nearly all of the 100 images of nearly all classes; the first 60
        // of each would be 2820 at most.
        assert!(distinct(&seen) > 3500, "{}", distinct(&seen));
    }

    /// The script draws classes with replacement: all five distinct with probability 0.803.
    #[test]
    fn the_original_repeats_classes_and_images() {
        let pool = Pool::training(&images(), 47, &[]);
        let mut stream = stream(3, "tasks");
        let (mut whole, mut seen) = (0, Vec::new());
        for _ in 0..1000 {
            let task = pool.draw(&mut stream, SIZE, Sampling::Original);
            let classes: Vec<u32> = task.classes.iter().map(|&class| class.into()).collect();
            whole += usize::from(distinct(&classes) == 5);
            seen.extend([task.shown, task.judged].concat());
        }
        assert_eq!(distinct(&seen), 2820);
        // Four standard deviations of 1000 trials.
        assert!(
            (f64::from(whole as u32) / 1000.0 - 0.803).abs() < 0.05,
            "{whole}"
        );
    }

    #[test]
    fn the_meta_test_shares_no_image_with_training() {
        let images = images();
        for count in [0, 10] {
            let kept = held_out(5, 47, count);
            assert_eq!(kept.len(), count);
            let (train, test) = (
                Pool::training(&images, 47, &kept),
                Pool::testing(&images, 47, &kept),
            );
            let all = |pool: &Pool| -> Vec<u32> {
                pool.classes
                    .iter()
                    .flat_map(|(_, list)| list.clone())
                    .collect()
            };
            let (train, test) = (all(&train), all(&test));
            assert_eq!(train.len(), (47 - count) * 100);
            assert_eq!(test.len(), if count == 0 { 940 } else { 1200 });
            assert!(test.iter().all(|image| !train.contains(image)));
        }
        assert_ne!(held_out(5, 47, 10), held_out(6, 47, 10));
    }

    #[test]
    fn what_is_lacking_is_said() {
        let images = images();
        let pool = Pool::testing(&images, 47, &[]);
        let words = pool.lacks(SIZE).unwrap();
        assert!(words.contains("60") && words.contains("20"), "{words}");
        let few = Pool::testing(&images, 47, &[1, 2, 3]);
        assert!(few.lacks(SIZE).unwrap().contains("3 that there are"));
        assert_eq!(Pool::training(&images, 47, &[]).lacks(SIZE), None);
        let digits = Images::new(Arc::clone(&embedded::digits()));
        assert_eq!(digits.count(), 1797);
    }
}
